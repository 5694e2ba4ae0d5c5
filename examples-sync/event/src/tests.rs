use std::thread;
use std::time::Duration;

use crate::event::{BareCondvar, Event};

const THREADS: usize = 8;
const ROUNDS: usize = 50;
const NO_TIME: Duration = Duration::ZERO;
const LONG: Duration = Duration::from_secs(3_600);

/// Whether they come before it is set or after.
#[test]
fn all_threads_get_through() {
    for _ in 0..ROUNDS {
        let event = Event::default();
        thread::scope(|scope| {
            for _ in 0..THREADS {
                scope.spawn(|| event.wait());
                scope.spawn(|| assert!(event.wait_timeout(LONG)));
            }
            event.set();
        });
    }
}

#[test]
fn the_limit_ends_the_wait() {
    let event = Event::default();
    assert!(!event.wait_timeout(NO_TIME));
    event.set();
    assert!(event.wait_timeout(NO_TIME));
    event.clear();
    assert!(!event.wait_timeout(NO_TIME));
}

#[test]
fn a_notification_without_a_flag_is_gone() {
    let bare = BareCondvar::default();
    bare.set();
    assert!(!bare.wait_timeout(NO_TIME));
}
