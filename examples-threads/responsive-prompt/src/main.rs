//! A thread computes while main answers your commands at once.
//!
//! - Run it: `cargo run -p responsive-prompt`, and type `progress`, `pause`,
//!   `resume` or `stop`. Without a terminal, a dialogue is played.
//! - Look for: an answer never waits for more than one step of the job.
//! - Python: `responsive_prompt.py`

mod input;
mod job;
#[cfg(test)]
mod tests;

use std::io::{self, IsTerminal, Write};
use std::sync::Arc;
use std::sync::mpsc::{self, SyncSender};
use std::time::Instant;
use std::{process, thread};

use anyhow::Result;
use job::Job;

/// The job looks for primes. A step should take a few milliseconds at most.
const STEPS: usize = 10_000;
const STEP_LEN: u64 = if cfg!(debug_assertions) { 100 } else { 1_000 };
const FIRST: u64 = 100_000_000;

/// All that main waits for comes through one channel.
enum Event {
    Command(String),
    EndOfInput,
    CtrlC,
    /// How many primes the job has found.
    Ended(usize),
}

fn main() -> Result<()> {
    shared::tidy_output();
    let (sender, events) = mpsc::sync_channel(1);
    let job = Arc::new(Job::new());
    start_threads(&job, &sender)?;

    let terminal = io::stdin().is_terminal();
    let mut stop_asked = None;
    let mut exit_code = 0;
    prompt(terminal)?;
    for event in events {
        match event {
            Event::Command(line) => {
                if !terminal {
                    println!("> {line}"); // a terminal has shown it
                }
            }
        }
    }
    Ok(())
}
