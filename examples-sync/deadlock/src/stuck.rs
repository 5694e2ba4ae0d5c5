//! A child process that gets stuck, and a parent that notices and ends it.

use std::fmt;
use std::io::{self, BufRead, BufReader, Read};
use std::process::{self, ChildStdout, Command, Stdio};
use std::{env, thread};

use anyhow::{Context, Result, bail};

/// A thread that holds the lock of one account and waits for that of another.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Waiter {
    /// The thread's name.
    pub name: String,
    /// The account that it holds.
    pub holds: usize,
    /// The account that it waits for.
    pub wants: usize,
}

impl Waiter {
    /// What a thread is about to be.
    pub fn new(name: &str, holds: usize, wants: usize) -> Self {
        Self {
            name: name.into(),
            holds,
            wants,
        }
    }

    fn parse(line: &str) -> Option<Self> {
        let (name, line) =
            line.strip_prefix('[')?.split_once("] holds account ")?;
        let (holds, wants) = line.split_once(", waits for account ")?;
        Some(Self::new(name, holds.parse().ok()?, wants.parse().ok()?))
    }
}

impl fmt::Display for Waiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, holds, wants } = self;
        write!(
            f,
            "[{name}] holds account {holds}, waits for account {wants}"
        )
    }
}

/// Whether the newest closes a circle of waits: from it to whoever holds what it
/// wants, and on, until it is the newest again. Then none of them will ever go on.
pub fn is_circle(waiters: &[Waiter]) -> bool {
    let holder = |of: &Waiter| waiters.iter().find(|other| other.holds == of.wants);
    let Some(newest) = waiters.last() else {
        return false;
    };
    let mut next = holder(newest);
    for _ in waiters {
        match next {
            Some(waiter) if waiter == newest => return true,
            Some(waiter) => next = holder(waiter),
            None => return false,
        }
    }
    false
}

/// Starts this program again in the given role, passes on what it says, and ends it
/// as soon as its threads wait in a circle. Returns them, ordered by name.
pub fn watch(role: &str, say: impl Fn(&str) -> Result<()>) -> Result<Vec<Waiter>> {
    let mut child = Command::new(env::current_exe()?)
        .arg(role)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot start a process")?;
    // Nobody writes to it: it ends with this process. (`wait` would close it.)
    let _lifeline = child.stdin.take();
    let words = child.stdout.take().expect("it is piped");
    let stuck = wait_for_circle(words, say);
    let _ = child.kill(); // it may have ended
    let status = child.wait().context("cannot wait for the process")?;
    let Some(mut waiters) = stuck? else {
        bail!("there was no deadlock, the process ended with {status}");
    };
    waiters.sort();
    Ok(waiters)
}

/// `None` if the child ends first.
fn wait_for_circle(
    words: ChildStdout,
    say: impl Fn(&str) -> Result<()>,
) -> Result<Option<Vec<Waiter>>> {
    let mut waiters = Vec::new();
    for line in BufReader::new(words).lines() {
        let line = line.context("cannot hear the process")?;
        say(&line)?;
        waiters.extend(Waiter::parse(&line));
        if is_circle(&waiters) {
            return Ok(Some(waiters));
        }
    }
    Ok(None)
}

/// In the child: exits as soon as its parent has ended.
pub fn end_with_parent() {
    thread::spawn(|| {
        let _ = io::stdin().read(&mut [0]);
        process::exit(1);
    });
}
