use std::sync::mpsc;
use std::time::Duration;

use crate::worker::Worker;

const NO_TIME: Duration = Duration::ZERO;
const LONG: Duration = Duration::from_secs(3_600);

#[test]
fn what_the_thread_returns_comes_back() {
    let worker = Worker::spawn(|| 7);
    assert_eq!(worker.join_timeout(LONG).ok().unwrap().unwrap(), 7);
}

#[test]
fn a_panic_comes_back_without_waiting_for_the_limit() {
    let worker = Worker::spawn(|| panic!("no answer from the bank"));
    let panic = worker.join_timeout(LONG).ok().unwrap().unwrap_err();
    assert_eq!(panic.downcast_ref(), Some(&"no answer from the bank"));
}

/// As often as you like: the worker comes back each time.
#[test]
fn a_thread_that_runs_on_can_be_joined_later() {
    let (end, waits) = mpsc::channel::<()>();
    let mut worker = Worker::spawn(move || waits.recv().is_err());
    for _ in 0..3 {
        worker = worker.join_timeout(NO_TIME).err().unwrap();
    }
    drop(end);
    assert!(worker.join_timeout(LONG).ok().unwrap().unwrap());
}
