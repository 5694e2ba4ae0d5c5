//! Three threads are asked to stop. Two of them do, and the third never finds out.
//!
//! - Run it: `cargo run -p stop-thread`
//! - Look for: the last line, because no call ends a thread that doesn't look.
//! - Python: `stop_thread.py`

#[cfg(test)]
mod tests;
mod worker;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;
use std::{hint, thread};

use worker::Worker;

static STOP: AtomicBool = AtomicBool::new(false);
const LIMIT: Duration = Duration::from_millis(400);

fn main() {
    shared::tidy_output();
    let (jobs, next_job) = mpsc::channel();
    let (_kept, no_job) = mpsc::channel();
    let workers = [
        ("computing", Worker::spawn(compute)),
        ("waiting", Worker::spawn(move || wait("waiting", &next_job))),
        ("stuck", Worker::spawn(move || wait("stuck", &no_job))),
    ];
    jobs.send("job 1").expect("`waiting` has the receiver");
    thread::sleep(Duration::from_millis(50)); // main's own work

    STOP.store(true, Ordering::Relaxed);
    drop(jobs); // but `_kept` lives as long as main
    for (name, worker) in workers {
        shared::waiting(format_args!("end of {name}"));
        match worker.join_timeout(LIMIT) {
            Ok(Ok(())) => println!("[main] {name} has stopped"),
            Ok(Err(_)) => println!("[main] {name} has panicked"),
            Err(_) => println!("[main] {name} still runs after {LIMIT:?}"),
        }
    }
}

fn compute() {
    shared::lane("computing");
    let _span = shared::span("computing");
    while !STOP.load(Ordering::Relaxed) {
        hint::spin_loop(); // stands for a step of your work
    }
}

/// Ends when the last sender is dropped.
fn wait(name: &str, jobs: &Receiver<&str>) {
    shared::lane(name);
    shared::waiting("job");
    for job in jobs {
        println!("[{name}] {job}");
    }
}
