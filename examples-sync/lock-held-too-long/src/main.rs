//! How long a statement holds a lock, and a pool that does one job at a time.
//!
//! - Run it: `cargo run -p lock-held-too-long`
//! - Look for: `held inside`, and in the last two lines how many jobs ran at once.
//! - Python: `lock_held_too_long.py`

mod forms;
mod pool;
mod running;

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use pool::{Job, JobQueue};
use running::RunningJobs;

const WORKERS: usize = 2;
const JOBS: usize = 4;
const WORK_TIME: Duration = Duration::from_millis(20);

fn main() {
    shared::tidy_output();
    forms::print_all();

    // However long a job waits, no other one starts. So the time may be short.
    let most = most_at_once(pool::work_under_the_lock, WORK_TIME);
    println!("Pool with while let: {most} job at a time");

    // Here another one does start, so no job ever waits that long.
    let most_with_let = most_at_once(pool::work, Duration::from_secs(60));
    println!("Pool with a let of its own: {most_with_let} jobs at a time");
}

/// Lets the workers do all jobs, and returns how many ran at the same time. A job
/// waits until another one runs, too, but no longer than `patience`.
fn most_at_once(work: fn(&JobQueue, &dyn Fn(Job)), patience: Duration) -> usize {
    let (sender, receiver) = mpsc::channel();
    for _ in 0..JOBS {
        sender.send(WORK_TIME).unwrap();
    }
    drop(sender); // so the workers end after the last job

    let jobs = JobQueue::new(receiver);
    let running = RunningJobs::default();
    thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                shared::lane("worker");
                work(&jobs, &|job| running.run(job, patience));
            });
        }
    });
    running.most_at_once()
}
