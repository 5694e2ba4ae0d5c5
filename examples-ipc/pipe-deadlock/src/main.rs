//! If you write everything to a child before you read anything, both can wait for
//! each other forever. A thread that writes is the cure.
//!
//! - Run it: `cargo run -p pipe-deadlock`
//! - Look for: the first attempt is stuck, and the second one gets every byte back.
//! - Python: `pipe_deadlock.py`

mod filter;
#[cfg(test)]
mod tests;

use std::io;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::Duration;
use std::{env, thread};

use anyhow::{Context, Result, bail, ensure};

const SIZE: usize = 1024 * 1024;
/// If no more bytes are written in this time, the attempt counts as stuck.
const PATIENCE: Duration = Duration::from_secs(1);

fn main() -> Result<()> {
    shared::tidy_output();
    // The child is this same program, started with a role as the argument.
    match env::args().nth(1).as_deref() {
        None => parent(),
        Some("echo") => filter::echo(io::stdin().lock(), io::stdout().lock()),
        Some(other) => bail!("there is no role \"{other}\""),
    }
}

fn parent() -> Result<()> {
    let input = b"hello world".repeat(SIZE / 11 + 1)[..SIZE].to_vec();

    let result = match write_then_read(&input)? {
        Some(written) => format!("stuck after {written} of {SIZE} bytes"),
        None => format!("{SIZE} bytes came back"),
    };
    println!("Write everything, then read: {result}");

    let output = filter::write_and_read(spawn_self("echo")?, &input)?;
    ensure!(output == input, "other bytes came back");
    println!("Read while a thread writes: {SIZE} bytes came back");
    Ok(())
}

/// Makes the mistake on a thread. Returns how many bytes were written when it got
/// stuck, if it did.
fn write_then_read(input: &[u8]) -> Result<Option<usize>> {
    let mut child = spawn_self("echo")?;
    let stdin = child.stdin.take().expect("it is piped");
    let stdout = child.stdout.take().expect("it is piped");
    let (progress, written) = mpsc::channel();

    thread::scope(|scope| {
        let attempt = scope.spawn(move || {
            shared::lane("write, then read");
            filter::write_then_read(stdin, stdout, input, &progress)
        });
        let stuck = watch(&written);
        // The thread waits for the child. When the child is gone, its write fails.
        child.kill()?;
        let status = child.wait()?;
        let result = attempt.join().unwrap();
        if stuck.is_none() {
            let output = result.with_context(|| format!("the child: {status}"))?;
            ensure!(output == input, "other bytes came back");
        }
        Ok(stuck)
    })
}

/// Waits until all is written and read, or nothing has moved for a while.
fn watch(progress: &Receiver<usize>) -> Option<usize> {
    let mut written = 0;
    loop {
        match progress.recv_timeout(PATIENCE) {
            Ok(bytes) => written = bytes,
            Err(RecvTimeoutError::Timeout) => return Some(written),
            Err(RecvTimeoutError::Disconnected) => return None,
        }
    }
}

/// Starts this program again, with a role as its first argument.
fn spawn_self(role: &str) -> Result<Child> {
    Command::new(env::current_exe()?)
        .arg(role)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot start a child")
}
