//! The deadlock, in a child that can be given up: it makes the mistake, and its
//! parent sees that nothing moves any more.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;
use std::{process, thread};

use anyhow::{Context, Result, anyhow};

use crate::filter::write_then_read;

/// After how long without a single piece written the child is given up.
const DEADLINE: Duration = Duration::from_secs(1);

const DONE: &str = "done";

/// In the parent: lets a child make the mistake. Returns how many bytes it had
/// written when it got stuck, or `None` if it did not.
pub fn watch(mut command: Command) -> Result<Option<usize>> {
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().context("cannot start a child")?;
    let lifeline = child.stdin.take();
    let reports = BufReader::new(child.stdout.take().expect("it is piped"));
    let (sender, receiver) = mpsc::channel();
    // It ends with the child, and nobody need wait for it.
    thread::spawn(move || {
        let mut lines = reports.lines().map_while(Result::ok);
        lines.try_for_each(|line| sender.send(line))
    });

    shared::waiting("progress");
    let _ = receiver.recv(); // the first report has no deadline: the child starts
    let mut written = 0;
    let stuck = loop {
        match receiver.recv_timeout(DEADLINE) {
            Ok(line) if line == DONE => break Ok(None),
            Ok(line) => match line.parse() {
                Ok(bytes) => written = bytes,
                Err(_) => break Err(anyhow!(line)),
            },
            Err(RecvTimeoutError::Timeout) => break Ok(Some(written)),
            Err(RecvTimeoutError::Disconnected) => break Err(anyhow!("no result")),
        }
    };
    drop(lifeline);
    let status = child.wait().context("cannot wait for the child")?;
    stuck.with_context(|| format!("the child ended with {status}"))
}

/// In the child, which has a child of its own, `other`: makes the mistake, and
/// reports. Ends when the lifeline does: as it may be stuck, a thread sees to it.
pub fn make_the_mistake(mut other: Child, input: &[u8]) -> Result<()> {
    let to_other = other.stdin.take().expect("it is piped");
    let from_other = other.stdout.take().expect("it is piped");
    let lifeline = thread::spawn(move || {
        let _ = io::stdin().read(&mut [0]);
        let _ = other.kill();
        let _ = other.wait();
        process::exit(1);
    });
    let report = |bytes| writeln!(io::stdout(), "{bytes}");
    report(0)?;
    let words = match write_then_read((to_other, from_other), input, report) {
        Ok(output) if output == input => DONE.into(),
        Ok(output) => format!("{} other bytes came back", output.len()),
        Err(error) => format!("cannot write everything: {error}"),
    };
    writeln!(io::stdout(), "{words}")?;
    lifeline.join().unwrap()
}
