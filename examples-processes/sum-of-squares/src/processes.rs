//! The pattern: a function is called for every item, on several threads, and each
//! call may run in a process of its own, which sends its result back.

use std::env;
use std::io::{self, Read};
use std::process::{self, Command, Stdio};
use std::sync::Mutex;
use std::thread;

use anyhow::{Context, Result, ensure};

/// Calls `work` for every item, at most `at_once` of them at a time, and returns
/// what it returned, in the order of the items.
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
    results
        .into_iter()
        .map(|r| r.expect("every item was taken"))
        .collect()
}

/// Runs this program again, with `args`, and returns the line that it prints. Fails
/// if it does not end well.
pub fn run_again(args: &[&str]) -> Result<String> {
    let mut child = Command::new(env::current_exe()?)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot start a process")?;
    // Nobody writes to it: it ends when this process does, however that happens.
    // Kept here, because `wait_with_output` would close it.
    let _lifeline = child.stdin.take();
    let ended = child
        .wait_with_output()
        .context("cannot wait for a process")?;
    ensure!(
        ended.status.success(),
        "its process ended with {}",
        ended.status
    );
    let line = String::from_utf8_lossy(&ended.stdout);
    // Without its end, a line may be half of one.
    let line = line
        .strip_suffix('\n')
        .context("its process sent no result")?;
    Ok(line.to_owned())
}

/// In the child: exits as soon as the lifeline ends.
pub fn end_with_parent() {
    thread::spawn(|| {
        let _ = io::stdin().read(&mut [0]);
        process::exit(1);
    });
}
