//! publish: a thread that sees the flag sees the size, unless one side is relaxed.

#[path = "../../../examples-sync/publish/src/published.rs"]
pub mod published;

use std::sync::Arc;
use std::thread::Builder;

use story::{Check, Found, check};

use crate::every_schedule;
use published::{Published, Size};

const OLD: &str = "The flag is set, but a part of the size is old.";

fn case(case: &'static str) -> Check {
    check("publish", case).names(&["width", "height", "ready"])
}

/// One thread publishes a size, main looks.
fn look(
    check: Check,
    publish: fn(&Published, Size),
    get: fn(&Published) -> Option<Size>,
) -> Found {
    every_schedule(check, move || {
        let published = Arc::new(Published::default());
        let work = {
            let published = Arc::clone(&published);
            move || publish(&published, (640, 480))
        };
        let writer = Builder::new().name("writer".into()).spawn(work).unwrap();
        let seen = get(&published);
        writer.join().unwrap();
        match seen {
            None | Some((640, 480)) => Ok(()),
            Some(_) => Err(OLD.into()),
        }
    })
}

#[test]
fn relaxed() {
    let case = case("a relaxed flag");
    let found = look(case, Published::publish_relaxed, Published::get_relaxed);
    case.fails(OLD, &found);
}

#[test]
fn released_and_acquired() {
    let case = case("a released flag");
    let found = look(case, Published::publish, Published::get);
    case.holds("a thread that sees the flag sees the size", &found);
}

/// Half of the cure is none.
#[test]
fn released_only() {
    let case = case("a released flag that is read relaxed");
    let found = look(case, Published::publish, Published::get_relaxed);
    case.fails(OLD, &found);
}

#[test]
fn acquired_only() {
    let case = case("a relaxed flag that is read with Acquire");
    let found = look(case, Published::publish_relaxed, Published::get);
    case.fails(OLD, &found);
}
