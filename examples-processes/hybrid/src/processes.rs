//! The pattern: a process that sends a result for each piece of its work, as soon
//! as it has one.

use std::io::{self, BufRead, BufReader, Read};
use std::ops::Range;
use std::path::PathBuf;
use std::process::{self, Command, Stdio};
use std::{env, thread};

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

/// What a worker sends for each order: a line of JSON.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Booked {
    pub thread: usize,
    pub order: usize,
    pub amount: usize,
}

/// Divides the numbers into shares of about the same length. Returns the share with
/// the given number, from 1.
pub fn share(whole: Range<usize>, shares: usize, number: usize) -> Range<usize> {
    let bound = |share| whole.start + whole.len() * share / shares;
    bound(number - 1)..bound(number)
}

/// Starts this program again with a role and a number, and calls `on_result` for
/// everything that it sends, until it ends or `on_result` fails.
pub fn run_self(
    role: &str,
    number: usize,
    on_result: impl FnMut(Booked) -> Result<()>,
) -> Result<()> {
    // On Linux this is the program that runs here, also when its file is replaced.
    let program = if cfg!(target_os = "linux") {
        PathBuf::from("/proc/self/exe")
    } else {
        env::current_exe()?
    };
    let mut child = Command::new(program)
        .args([role, &number.to_string()])
        .stdin(Stdio::piped()) // the lifeline, closed when this process ends
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot start it")?;
    let received = receive(child.stdout.take().expect("it is piped"), on_result);
    let status = child.wait(); // closes the lifeline: a child that still works ends
    received?;
    // The results count, even where the system does not say how the child ended.
    match status {
        Ok(status) if !status.success() => bail!("it ended with {status}"),
        _ => Ok(()),
    }
}

fn receive(
    stdout: impl Read,
    mut on_result: impl FnMut(Booked) -> Result<()>,
) -> Result<()> {
    for line in BufReader::new(stdout).lines() {
        let text = line?;
        let result = serde_json::from_str(&text)
            .with_context(|| format!("it sent {text:?}"))?;
        on_result(result)?;
    }
    Ok(())
}

/// In the child: ends this process when its parent is gone. Nothing is ever written
/// into the lifeline, so `read` returns only when it closes.
pub fn end_with_parent() {
    thread::spawn(|| {
        let _ = io::stdin().read(&mut [0]);
        process::exit(1);
    });
}
