//! The service: takes jobs from its input, and gives them to worker processes.

use std::fmt::Display;
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};
use crossbeam_channel::Receiver;

use crate::shutdown;
use crate::worker::{self, Worker};

const WORKERS: usize = 2;

enum Event {
    Job(u32),
    Stop,
    WorkerEnded,
}

/// Returns when no job is in progress and no worker is left.
pub fn run(job_ms: &str, grace_ms: &str) -> Result<()> {
    let grace = Duration::from_millis(grace_ms.parse()?);
    let (sender, events) = mpsc::channel();
    let stop = sender.clone();
    let ask_to_stop = move || drop(stop.send(Event::Stop));
    shutdown::on_request(grace, ask_to_stop, worker::kill_all)
        .context("cannot handle signals")?;
    let mut workers = Vec::new();
    for _ in 0..WORKERS {
        workers.push(Worker::start(job_ms)?);
    }
    let input = sender.clone();
    thread::spawn(move || {
        for line in io::stdin().lines().map_while(Result::ok) {
            if let Ok(job) = line.parse() {
                input.send(Event::Job(job)).ok();
            }
        }
        // The end of the input is a request, too.
        input.send(Event::Stop).ok();
        shutdown::end_after(grace, worker::kill_all);
    });

    let (queue, jobs) = crossbeam_channel::unbounded();
    let mut open_queue = Some(queue);
    let stopping = AtomicBool::new(false);
    thread::scope(|scope| {
        for (number, worker) in (1..).zip(workers) {
            let (jobs, stopping, sender) = (&jobs, &stopping, &sender);
            scope.spawn(move || {
                work(number, worker, jobs, stopping);
                // Without all its workers, the service stops, too.
                sender.send(Event::Stop).ok();
                sender.send(Event::WorkerEnded).ok();
            });
        }
        let mut at_work = WORKERS;
        while at_work > 0 {
            match events.recv().expect("there is a sender in this function") {
                Event::Job(job) => match &open_queue {
                    Some(open) => open.send(job).expect("it has a receiver"),
                    None => log(format_args!("service returns {job}")),
                },
                Event::Stop if open_queue.is_some() => {
                    log("service is stopping");
                    stopping.store(true, Ordering::Relaxed);
                    // Another service can have the jobs that have not begun.
                    for job in jobs.try_iter() {
                        log(format_args!("service returns {job}"));
                    }
                    open_queue = None; // wakes a worker that waits for a job
                }
                Event::Stop => {}
                Event::WorkerEnded => at_work -= 1,
            }
        }
    });
    worker::wait_for_all()?;
    log("service ends");
    Ok(())
}

/// A thread that gives one job after the other to its worker process.
fn work(
    number: usize,
    mut worker: Worker,
    jobs: &Receiver<u32>,
    stopping: &AtomicBool,
) {
    shared::lane(format_args!("thread of worker-{number}"));
    while !stopping.load(Ordering::Relaxed)
        && let Ok(job) = jobs.recv()
    {
        log(format_args!("worker-{number} begins {job}"));
        // Only so that the request always comes during a job.
        shared::waiting("the request");
        while !stopping.load(Ordering::Relaxed) {
            thread::sleep(Duration::from_millis(1));
        }
        shared::waiting("its process");
        if worker.work_on(job).is_err() {
            // Its process was killed. Another service can begin the job anew.
            log(format_args!("worker-{number} returns {job}"));
            break;
        }
        log(format_args!("worker-{number} finishes {job}"));
    }
    log(format_args!("worker-{number} ends"));
}

/// Prints an event for the program that has started this one. No work is lost when
/// that has gone, because this is not `println!`, which would panic.
fn log(event: impl Display) {
    writeln!(io::stdout(), "{event}").ok();
}
