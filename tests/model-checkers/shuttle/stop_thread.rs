//! stop-thread: a thread that finds out ends, and is joined. One that waits for a
//! message does not find out from a flag.

#[path = "../../../examples-threads/stop-thread/src/worker.rs"]
pub mod worker;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use shuttle::current::{me, set_name_for_task};
use story::{Check, DEADLOCK, check};

use crate::{ensure, every_schedule};
use worker::Worker;

/// No time passes here, so it never comes.
const LIMIT: Duration = Duration::from_secs(1);

fn case(case: &'static str) -> Check {
    check("stop-thread", case).names(&["the flag"])
}

/// The story calls this thread so.
fn called_worker() {
    set_name_for_task(me(), "worker");
}

/// How the worker has ended, as `join` says.
fn joined(worker: Worker<u32>, expected: &[u32]) -> Result<(), String> {
    let ended = worker.join_timeout(LIMIT).map(thread::Result::ok);
    let right = matches!(ended, Ok(Some(value)) if expected.contains(&value));
    ensure(right, || "It has not ended as it should.".into())
}

#[test]
fn one_that_looks_at_the_flag() {
    let case = case("a thread that looks at a flag");
    let found = every_schedule(case, || {
        let stop = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&stop);
        // Without a bound there would be no end of schedules.
        let steps = move || {
            called_worker();
            (0..2)
                .take_while(|_| !flag.load(Ordering::Relaxed))
                .map(|_| 1)
                .sum()
        };
        let worker = Worker::spawn(steps);
        stop.store(true, Ordering::Relaxed);
        joined(worker, &[0, 1, 2])
    });
    case.holds("it ends, and is joined", &found);
}

#[test]
fn one_whose_sender_is_dropped() {
    let case = case("a thread whose sender is dropped");
    let found = every_schedule(case, || {
        let (jobs, next_job) = mpsc::channel();
        let worker = Worker::spawn(move || {
            called_worker();
            next_job.iter().sum()
        });
        jobs.send(1).unwrap();
        drop(jobs);
        joined(worker, &[1])
    });
    case.holds("it does its last job, ends, and is joined", &found);
}

#[test]
fn one_that_waits_for_a_message() {
    let case = case("a flag for a thread that waits for a message");
    let found = every_schedule(case, || {
        let stop = Arc::new(AtomicBool::new(false));
        let (kept, no_job) = mpsc::channel::<u32>();
        let flag = Arc::clone(&stop);
        let worker = Worker::spawn(move || {
            called_worker();
            while !flag.load(Ordering::Relaxed) {
                no_job.recv().unwrap();
            }
            0
        });
        stop.store(true, Ordering::Relaxed);
        let ended = joined(worker, &[0]);
        drop(kept);
        ended
    });
    case.fails(DEADLOCK, &found);
}
