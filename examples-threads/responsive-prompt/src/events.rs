//! The pattern: a thread for each source of events, and one channel for all.

use std::io::{self, BufRead, Read};
use std::sync::Arc;
use std::sync::mpsc::SyncSender;
use std::thread;
use std::time::Duration;

use anyhow::Result;

use crate::job::Job;
use crate::primes;

/// A longer line comes in parts, so that memory is bounded.
const MAX_LINE_LEN: u64 = 200; // bytes
/// How long the user in the dialogue thinks before each command.
const THINK_TIME: Duration = Duration::from_millis(30);
const DIALOGUE: [&str; 8] = [
    "progress", "pause", "progress", "progress", "resume", "faster", "progress",
    "stop",
];

/// Whatever may happen comes to main through one channel.
pub enum Event {
    Command(String),
    EndOfInput,
    CtrlC,
    /// How many primes were found, or the job's panic.
    Ended(thread::Result<usize>),
}

/// Starts a thread for each source of events.
pub fn start_threads(job: Arc<Job>, events: &SyncSender<Event>) -> Result<()> {
    let ctrl_c = events.clone();
    ctrlc::set_handler(move || send(&ctrl_c, Event::CtrlC))?;

    let input = events.clone();
    thread::spawn(move || read_commands(&input));

    let ended = events.clone();
    let worker = thread::spawn(move || primes::find_primes(&job));
    thread::spawn(move || send(&ended, Event::Ended(worker.join())));
    Ok(())
}

/// Sends each line, and in the end that there are no more. Without any line, it
/// plays a dialogue. A thread that waits for input cannot be stopped, but it ends
/// when main returns. So it must have nothing else to do.
fn read_commands(events: &SyncSender<Event>) {
    let mut lines = 0;
    while let Some(line) = next_line() {
        send(events, Event::Command(line));
        lines += 1;
    }
    if lines == 0 {
        for command in DIALOGUE {
            thread::sleep(THINK_TIME);
            send(events, Event::Command(command.into()));
        }
    }
    send(events, Event::EndOfInput);
}

fn next_line() -> Option<String> {
    let mut line = Vec::new();
    let read = io::stdin()
        .lock()
        .take(MAX_LINE_LEN)
        .read_until(b'\n', &mut line);
    // An error is treated like the end of the input.
    (read.ok()? > 0).then(|| String::from_utf8_lossy(&line).trim().to_owned())
}

/// When main has left its loop, the program is about to end anyway.
fn send(events: &SyncSender<Event>, event: Event) {
    drop(events.send(event));
}
