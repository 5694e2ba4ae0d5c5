//! The pattern: many pieces of work, each in a process of its own, never more at
//! once than there are cores, and the results in the order of the work.

use std::env;
use std::ffi::OsStr;
use std::io::{self, PipeReader, Read};
use std::process::{self, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex};
use std::thread::{self, Scope};

use anyhow::{Context, Result, bail};

/// Set on Ctrl-C, and when the rest is not wanted any more.
static STOP: AtomicBool = AtomicBool::new(false);

/// Says that no further work should be begun.
pub fn stop() {
    STOP.store(true, Ordering::Relaxed);
}

/// Whether further work should not be begun.
pub fn stopped() -> bool {
    STOP.load(Ordering::Relaxed)
}

/// Opens a pipe to which nobody writes. The parent holds the writing end, every
/// child reads the other, which ends when the parent does, however that happens.
/// Ctrl-C ends it too, and calls [`stop`].
pub fn lifeline() -> Result<PipeReader> {
    let (lifeline, our_end) = io::pipe()?;
    let mut our_end = Some(our_end);
    ctrlc::set_handler(move || {
        stop();
        our_end.take();
    })?;
    Ok(lifeline)
}

/// In the child: calls `clean_up` and exits as soon as the lifeline ends.
pub fn end_with_parent(clean_up: impl FnOnce() + Send + 'static) {
    thread::spawn(|| {
        let _ = io::stdin().read(&mut [0]);
        clean_up();
        process::exit(1);
    });
}

/// Starts `work` on every item, on `at_once` threads, and returns at once: a
/// receiver for each item, in their order, that gets what `work` returned.
pub fn start<'scope, T: Sync, R: Send + 'scope>(
    scope: &'scope Scope<'scope, '_>,
    at_once: usize,
    items: &'scope [T],
    work: &'scope (impl Fn(&T) -> R + Sync),
) -> Vec<Receiver<R>> {
    let (senders, receivers): (Vec<_>, Vec<_>) =
        items.iter().map(|_| mpsc::channel()).unzip();
    let todo = Arc::new(Mutex::new(items.iter().zip(senders)));
    for _ in 0..at_once.min(items.len()) {
        let todo = Arc::clone(&todo);
        scope.spawn(move || {
            loop {
                // Its own statement, so that the lock is free while `work` runs.
                let next = todo.lock().unwrap().next();
                let Some((item, result)) = next else { break };
                // Sending fails when the receiver is gone: nobody asks any more.
                let _ = result.send(work(item));
            }
        });
    }
    receivers
}

/// Runs this program again, with `args`, and waits until it has ended. Its
/// standard input is the `lifeline`.
pub fn run_again(args: [&OsStr; 3], lifeline: &PipeReader) -> Result<()> {
    let child = Command::new(env::current_exe()?)
        .args(args)
        .stdin(lifeline.try_clone()?)
        .stdout(Stdio::null())
        .output()
        .context("cannot start a process")?;
    let words = String::from_utf8_lossy(&child.stderr);
    let words = words.lines().map(str::trim).collect::<Vec<_>>().join(" ");
    match child.status.code() {
        Some(0) => Ok(()),
        Some(1) => bail!(words),
        _ if words.is_empty() => bail!("its process ended with {}", child.status),
        _ => bail!("its process ended with {}: {words}", child.status),
    }
}
