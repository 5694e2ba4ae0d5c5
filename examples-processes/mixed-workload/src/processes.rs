//! The pattern: `map` calls a function for every item, a few at a time, and each
//! call may start a process that sends its result back.

use std::io::{self, Read};
use std::path::PathBuf;
use std::process::{self, Command, Stdio};
use std::sync::Mutex;
use std::{env, thread};

use anyhow::{Context, Result, bail};

/// Calls `work` for every item, on at most `at_once` threads, and returns the
/// results in the order of the items.
pub fn map<T: Sync, R: Send>(
    items: &[T],
    at_once: usize,
    work: impl Fn(&T) -> R + Sync,
) -> Vec<R> {
    let mut results: Vec<Option<R>> = items.iter().map(|_| None).collect();
    let todo = Mutex::new(items.iter().zip(&mut results));
    thread::scope(|scope| {
        for _ in 0..at_once.min(items.len()) {
            scope.spawn(|| {
                loop {
                    // A statement of its own: the lock is free while `work` runs.
                    let next = todo.lock().unwrap().next();
                    let Some((item, result)) = next else { break };
                    *result = Some(work(item));
                }
            });
        }
    });
    results.into_iter().flatten().collect()
}

/// Starts this program again with a role and an argument, and returns the line that
/// it prints.
pub fn run_self(role: &str, arg: &str) -> Result<String> {
    // On Linux this is the program that runs here, also when its file is replaced.
    let program = if cfg!(target_os = "linux") {
        PathBuf::from("/proc/self/exe")
    } else {
        env::current_exe()?
    };
    let mut child = Command::new(program)
        .args([role, arg])
        .stdin(Stdio::piped()) // the lifeline, closed when this process ends
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot start a process")?;

    let mut line = String::new();
    let mut stdout = child.stdout.take().expect("it is piped");
    let read = stdout.read_to_string(&mut line);
    let status = child.wait(); // closes the lifeline, too
    read.context("cannot read from a process")?;
    // A line without its end was cut: 4 may be the beginning of 42.
    match line.strip_suffix('\n') {
        Some(result) => Ok(result.to_owned()),
        None => bail!("its process ended with {}", status?),
    }
}

/// In the child: ends this process when its parent is gone. Nothing is ever written
/// into the lifeline, so `read` returns only when it closes.
pub fn end_with_parent() {
    thread::spawn(|| {
        let _ = io::stdin().read(&mut [0]);
        process::exit(1);
    });
}
