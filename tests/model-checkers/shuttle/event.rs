//! event: all threads get through, whether they come before it is set or after.

#[path = "../../../examples-sync/event/src/event.rs"]
pub mod flag;

use std::thread::{Builder, scope};
use std::time::Duration;

use story::{Check, DEADLOCK, check};

use crate::{ensure, every_schedule};
use flag::{BareCondvar, Event};

/// No time passes here, so it never comes.
const LIMIT: Duration = Duration::from_secs(1);

fn case(case: &'static str) -> Check {
    check("event", case).names(&["the flag", "the condvar"])
}

/// Lets a thread wait, while main does what it waits for.
fn worker_and_main(wait: impl FnOnce() + Send, main: impl FnOnce()) {
    scope(|scope| {
        let worker = Builder::new().name("worker".into());
        worker.spawn_scoped(scope, wait).unwrap();
        main();
    });
}

#[test]
fn all_get_through() {
    let case = case("two threads that wait for an event");
    let found = every_schedule(case, || {
        let event = Event::default();
        scope(|scope| {
            for name in ["worker-1", "worker-2"] {
                let worker = Builder::new().name(name.into());
                worker.spawn_scoped(scope, || event.wait()).unwrap();
            }
            event.set();
        });
        ensure(event.wait_timeout(LIMIT), || "It is not set.".into())
    });
    case.holds("both get through", &found);
}

#[test]
fn a_limit_does_no_harm() {
    let case = case("a thread that waits with a limit");
    let found = every_schedule(case, || {
        let event = Event::default();
        let wait = || assert!(event.wait_timeout(LIMIT));
        worker_and_main(wait, || event.set());
        Ok(())
    });
    case.holds("it gets through", &found);
}

#[test]
fn a_notification_that_comes_first_is_gone() {
    let case = check("event", "a notification without a flag")
        .names(&["the lock", "the condvar"]);
    let found = every_schedule(case, || {
        let bare = BareCondvar::default();
        let wait = || assert!(bare.wait_timeout(LIMIT));
        worker_and_main(wait, || bare.set());
        Ok(())
    });
    case.fails(DEADLOCK, &found);
}

#[test]
fn set_and_clear_in_a_row() {
    let case = case("an event that is set and cleared in a row");
    let found = every_schedule(case, || {
        let event = Event::default();
        let set_and_clear = || {
            event.set();
            event.clear();
        };
        worker_and_main(|| event.wait(), set_and_clear);
        Ok(())
    });
    case.fails(DEADLOCK, &found);
}
