//! A thread computes while main answers your commands at once.
//!
//! - Run it: `cargo run -p responsive-prompt`, and type `progress`, `pause`,
//!   `resume` or `stop`. Without a terminal, a dialogue is played.
//! - Look for: no answer takes longer than one step of the job.
//! - Python: `responsive_prompt.py`

mod events;
mod job;
mod primes;
#[cfg(test)]
mod tests;

use std::io::{self, IsTerminal, Write};
use std::sync::{Arc, mpsc};
use std::time::Instant;
use std::{process, thread};

use anyhow::Result;
use events::Event;
use job::Job;
use primes::STEPS;

fn main() -> Result<()> {
    shared::tidy_output();
    let terminal = io::stdin().is_terminal();
    let job = Arc::new(Job::default());
    let (sender, events) = mpsc::sync_channel(1);
    events::start_threads(Arc::clone(&job), &sender)?;

    let mut stop_time = None;
    let mut interrupted = false;
    loop {
        if terminal && stop_time.is_none() {
            print!("> ");
            io::stdout().flush()?;
        }
        shared::waiting("event");
        let stop = match events.recv()? {
            Event::Command(command) => {
                if !terminal {
                    println!("> {command}"); // in a terminal, you have typed it
                }
                answer(&job, &command);
                command == "stop"
            }
            Event::EndOfInput => true,
            Event::CtrlC => {
                interrupted = true;
                true
            }
            Event::Ended(primes) => {
                if terminal {
                    println!(); // behind the prompt
                }
                report(&job, stop_time, primes);
                break;
            }
        };
        if stop {
            job.stop(); // the job's thread ends soon, and that is the next event
            stop_time = stop_time.or(Some(Instant::now()));
        }
    }
    if interrupted {
        process::exit(130); // as the shell expects it after Ctrl-C
    }
    Ok(())
}

fn answer(job: &Job, command: &str) {
    let _span = shared::span(command);
    let start = Instant::now();
    match command {
        "progress" => println!("{} of {STEPS} steps", job.progress()),
        "pause" => {
            let is_paused = job.pause();
            let time = start.elapsed();
            if is_paused {
                let done = job.progress();
                println!("Paused after {time:.1?}, {done} of {STEPS} steps");
            }
        }
        "resume" => {
            if job.resume() {
                println!("Resumed");
            }
        }
        "" | "stop" => {}
        _ => println!("What is {command:?}? Type progress, pause, resume or stop"),
    }
}

fn report(job: &Job, stop_time: Option<Instant>, primes: thread::Result<usize>) {
    match stop_time {
        Some(time) => print!("Stopped after {:.1?}", time.elapsed()),
        None => print!("Done"),
    }
    let done = job.progress();
    let primes = primes.unwrap();
    println!(", {done} of {STEPS} steps: {primes} primes");
}
