//! The pattern: run another program with a time limit, keep what it prints, and
//! leave none of its processes behind.

use std::io::{self, BufRead, BufReader, Read};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, SyncSender};
use std::thread;
use std::time::{Duration, Instant};

use crate::group::Group;

const POLL: Duration = Duration::from_millis(5); // an end is noticed this late
/// How long what was killed may need to be gone.
const PATIENCE: Duration = Duration::from_secs(2);
const MAX_LINE: u64 = 64 * 1024; // bytes; a longer line comes in pieces

pub struct Limits<'a> {
    /// After this time, the program is asked to stop.
    pub time: Duration,
    /// How long it has for that before it is killed. When it ends by itself, what
    /// it has started has as long to close its output, and as long again when it
    /// was asked to stop. Then it is killed, also if it holds no output.
    pub grace: Duration,
    /// How many bytes of each output are kept. The rest is read and dropped.
    pub output: usize,
    /// Set it to stop the program before its time.
    pub stop: &'a AtomicBool,
}

pub struct Finished {
    pub status: ExitStatus,
    /// Whether it had to be asked to stop.
    pub stopped: bool,
    /// What was kept of standard output and of standard error.
    pub output: [Vec<u8>; 2],
    /// Whether both were read to their end. If not, a process that is out of reach
    /// still holds them.
    pub complete: bool,
}

/// Runs the command, and calls `on_line` for each line of its outputs as it comes.
/// Its standard input is yours to set.
pub fn run(
    command: &mut Command,
    limits: &Limits,
    mut on_line: impl FnMut(&[u8]),
) -> io::Result<Finished> {
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut group = Group::start(command)?;
    // The channel closes when both outputs have ended. Its bound slows down a
    // program that prints faster than `on_line` returns.
    let (sender, lines) = mpsc::sync_channel(16);
    read(group.child.stdout.take(), 0, sender.clone());
    read(group.child.stderr.take(), 1, sender);

    let mut output = [Vec::new(), Vec::new()];
    // Whether the program and both outputs end within this time. When the program
    // has ended, the outputs have `rest`.
    let mut wait = |group: &mut Group, time, rest, stop: Option<&AtomicBool>| {
        let mut deadline = Instant::now() + time;
        let mut ended = false;
        // Look at the clock after each line: a program may print without end.
        while Instant::now() < deadline
            && !stop.is_some_and(|stop| stop.load(Ordering::Relaxed))
        {
            match lines.recv_timeout(POLL) {
                Ok((which, line)) => {
                    let kept: &mut Vec<u8> = &mut output[which];
                    kept.extend(line.iter().take(limits.output - kept.len()));
                    on_line(line.strip_suffix(b"\n").unwrap_or(&line));
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) if ended => return true,
                Err(RecvTimeoutError::Disconnected) => thread::sleep(POLL),
            }
            if !ended && group.has_ended() {
                ended = true;
                deadline = deadline.min(Instant::now() + rest);
            }
        }
        false
    };

    let mut complete =
        wait(&mut group, limits.time, limits.grace, Some(limits.stop));
    let stopped = !group.has_ended();
    if !complete {
        group.ask_to_stop();
        complete = wait(&mut group, limits.grace, limits.grace, None);
    }
    group.kill(); // also what has closed its output and still runs
    complete = complete || wait(&mut group, PATIENCE, PATIENCE, None);
    Ok(Finished {
        status: group.child.wait()?,
        stopped,
        output,
        complete,
    })
}

/// Reads in a thread of its own, so that the program never waits for a full pipe.
fn read(
    pipe: Option<impl Read + Send + 'static>,
    which: usize,
    lines: SyncSender<(usize, Vec<u8>)>,
) {
    let mut reader = BufReader::new(pipe.expect("it is piped"));
    thread::spawn(move || {
        loop {
            let mut line = Vec::new();
            let read = reader.by_ref().take(MAX_LINE).read_until(b'\n', &mut line);
            if !read.is_ok_and(|n| n > 0) || lines.send((which, line)).is_err() {
                break;
            }
        }
    });
}
