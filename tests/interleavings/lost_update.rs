//! lost-update: nothing is lost under one lock. Under two, the checker finds the
//! lost update by itself: nobody pauses in these runs.

#[path = "../../examples-sync/lost-update/src/counter.rs"]
pub mod counter;

use std::thread::{Builder, scope};

use story::{Check, check};

use crate::{ensure, every_schedule};
use counter::Counter;

fn case(case: &'static str) -> Check {
    check("lost-update", case).names(&["the counter"])
}

/// Two threads add 1, so many times each.
fn count(times: u64, add: impl Fn(&Counter) -> u64 + Sync) -> Result<(), String> {
    let counter = Counter::default();
    scope(|scope| {
        for name in ["thread-1", "thread-2"] {
            let work = || {
                for _ in 0..times {
                    add(&counter);
                }
            };
            Builder::new().name(name.into()).spawn_scoped(scope, work).unwrap();
        }
    });
    let (value, expected) = (counter.value(), 2 * times);
    ensure(value == expected, || format!("The counter is {value}, not {expected}."))
}

#[test]
fn in_two_steps() {
    let case = case("two additions in two steps");
    let found = every_schedule(case, || count(1, |c| c.add_in_two_steps(|| ())));
    case.fails("The counter is 1, not 2.", &found);
}

#[test]
fn in_one_step() {
    let case = case("four additions in one step");
    let found = every_schedule(case, || count(2, |c| c.add_in_one_step(|| ())));
    case.holds("the counter is 4", &found);
}
