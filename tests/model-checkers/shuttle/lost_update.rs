//! lost-update: nothing is lost under one lock. Under two, the checker finds the
//! lost update by itself: nobody pauses in these runs.

#[path = "../../../examples-sync/lost-update/src/counter.rs"]
pub mod counter;

use story::{Check, check};

use crate::every_schedule;
use crate::locked_counter::count;
use counter::Counter;

fn case(case: &'static str) -> Check {
    check("lost-update", case).names(&["the counter"])
}

/// Two threads add 1, so many times each.
fn add(times: usize, add: impl Fn(&Counter) -> u64 + Sync) -> Result<(), String> {
    let counter = Counter::default();
    count(times, || _ = add(&counter), || counter.value())
}

#[test]
fn in_two_steps() {
    let case = case("two additions in two steps");
    let found = every_schedule(case, || add(1, |c| c.add_in_two_steps(|| ())));
    case.fails("The counter is 1, not 2.", &found);
}

#[test]
fn in_one_step() {
    let case = case("four additions in one step");
    let found = every_schedule(case, || add(2, |c| c.add_in_one_step(|| ())));
    case.holds("the counter is 4", &found);
}
