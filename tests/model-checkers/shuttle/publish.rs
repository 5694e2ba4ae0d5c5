//! publish: a flag that is written first is found out. What this checker cannot see
//! is a relaxed flag, since it takes every ordering for `SeqCst`. `loom-checks`
//! runs the same file and finds that bug.

#[path = "../../../examples-sync/publish/src/published.rs"]
pub mod published;

use std::thread::{Builder, scope};

use story::{Check, Found, check};

use crate::{ensure, every_schedule};
use published::{Published, Size};

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
        let published = Published::default();
        let seen = scope(|scope| {
            let writer = Builder::new().name("writer".into());
            let work = || publish(&published, (640, 480));
            writer.spawn_scoped(scope, work).unwrap();
            get(&published)
        });
        ensure([None, Some((640, 480))].contains(&seen), || {
            "The flag is set, but a part of the size is old.".into()
        })
    })
}

#[test]
fn flag_first() {
    let case = case("a flag that is written first");
    let publish = |published: &Published, size| {
        published.publish_flag_first(size, || ());
    };
    let found = look(case, publish, Published::get);
    let old = "The flag is set, but a part of the size is old.";
    case.fails(old, &found);
}

#[test]
fn a_relaxed_flag_looks_right() {
    let case = case("a relaxed flag taken for SeqCst");
    let found = look(case, Published::publish_relaxed, Published::get_relaxed);
    case.holds("a thread that sees the flag sees the size", &found);
}
