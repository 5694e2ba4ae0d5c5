//! Where the commands come from: a terminal, another program, or, when there is
//! neither, a dialogue that is played.

use std::io::{self, BufRead, Read};
use std::sync::mpsc::SyncSender;
use std::thread;
use std::time::Duration;

use crate::Event;

/// A longer line comes in parts, so that memory is bounded.
const MAX_LINE_LEN: u64 = 200; // bytes
/// How long the user in the dialogue thinks before each command.
const THINK_TIME: Duration = Duration::from_millis(30);
const DIALOGUE: [&str; 8] = [
    "progress", "pause", "progress", "progress", "resume", "faster", "progress",
    "stop",
];

/// Sends each line, and then that the input has ended. A thread that waits for input
/// cannot be stopped, so this one must have nothing else to do.
pub fn read(events: &SyncSender<Event>) {
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
