//! Three ways to crash.

use std::hint::black_box;
use std::time::Duration;
use std::{env, process, thread};

use anyhow::{Context, Result};

/// How long the work takes before the crash, and other work after it.
pub const WORK_TIME: Duration = Duration::from_millis(50);

#[derive(Clone, Copy)]
pub enum Crash {
    Panic,
    Abort,
    StackOverflow,
}

impl Crash {
    pub const ALL: [Self; 3] = [Self::Panic, Self::Abort, Self::StackOverflow];

    pub fn name(self) -> &'static str {
        match self {
            Self::Panic => "panic",
            Self::Abort => "abort",
            Self::StackOverflow => "stack overflow",
        }
    }

    pub fn happen(self) {
        match self {
            Self::Panic => panic!("no answer from the bank"),
            Self::Abort => process::abort(),
            Self::StackOverflow => overflow(),
        }
    }
}

/// In a child: the crash that the second argument names.
pub fn from_argument() -> Result<Crash> {
    let name = env::args().nth(2).context("which crash?")?;
    let found = Crash::ALL.into_iter().find(|crash| crash.name() == name);
    found.with_context(|| format!("there is no crash \"{name}\""))
}

/// Uses up a small stack of its own, because that of the main thread may have no
/// bound.
fn overflow() {
    let recursive = thread::Builder::new()
        .name("recursive".into())
        .stack_size(64 * 1024)
        .spawn(|| descend(0))
        .expect("the system can start a thread");
    recursive.join().unwrap();
}

/// Without `black_box`, the optimiser would make a loop of it, or nothing at all.
fn descend(depth: u64) -> u64 {
    if depth == u64::MAX {
        depth
    } else {
        black_box(descend(black_box(depth + 1))) + 1
    }
}
