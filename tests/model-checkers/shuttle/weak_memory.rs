//! What this checker cannot see: it takes every ordering for `SeqCst`.
//! The package `loom-checks` runs the same file and finds the bug.

#[path = "../loom/published.rs"]
pub mod published;

use std::sync::atomic::Ordering::Relaxed;
use std::thread::{Builder, scope};

use story::check;

use crate::{ensure, every_schedule};
use published::Published;

#[test]
fn a_relaxed_flag_looks_right() {
    let check = check("locked-counter", "a relaxed flag taken for SeqCst");
    let check = check.names(&["data", "ready"]);
    let found = every_schedule(check, || {
        let published = Published::default();
        let seen = scope(|scope| {
            let publish = || published.publish(42, Relaxed);
            let writer = Builder::new().name("writer".into());
            writer.spawn_scoped(scope, publish).unwrap();
            published.get(Relaxed)
        });
        ensure([None, Some(42)].contains(&seen), || format!("{seen:?}"))
    });
    check.holds("whoever sees the flag sees the data", &found);
}
