//! lock-held-too-long: jobs run at the same time if the lock is free again.

#[path = "../../../examples-sync/lock-held-too-long/src/pool.rs"]
pub mod pool;

use std::sync::{Barrier, mpsc};
use std::thread::{Builder, scope};
use std::time::Duration;

use story::{Check, DEADLOCK, check};

use crate::every_schedule;
use pool::{Job, JobQueue};

fn case(case: &'static str) -> Check {
    check("lock-held-too-long", case).names(&["the queue", "the barrier"])
}

/// Two workers do two jobs, each of which waits until the other one runs, too.
fn two_jobs_meet(work: fn(&JobQueue, &dyn Fn(Job))) {
    let (sender, receiver) = mpsc::channel();
    let queue = JobQueue::new(receiver);
    let barrier = Barrier::new(2);
    for _ in 0..2 {
        sender.send(Duration::ZERO).unwrap();
    }
    drop(sender);
    scope(|scope| {
        for name in ["worker-1", "worker-2"] {
            let (queue, barrier) = (&queue, &barrier);
            let worker = move || {
                work(queue, &|_| {
                    barrier.wait();
                });
            };
            let thread = Builder::new().name(name.into());
            thread.spawn_scoped(scope, worker).unwrap();
        }
    });
}

#[test]
fn with_a_let_of_its_own() {
    let case = case("two jobs that meet");
    let found = every_schedule(case, || {
        two_jobs_meet(pool::work);
        Ok(())
    });
    case.holds("both run at the same time", &found);
}

#[test]
fn under_the_lock() {
    let case = case("two jobs that meet under the lock");
    let found = every_schedule(case, || {
        two_jobs_meet(pool::work_under_the_lock);
        Ok(())
    });
    case.fails(DEADLOCK, &found);
}
