//! The pattern: many pieces of work, each in a process of its own, never more at
//! once than there are cores, and the results in the order of the work.

use std::io::{self, Read};
use std::num::NonZero;
use std::process::{self, Command, Stdio};
use std::sync::Mutex;
use std::{env, thread};

use anyhow::{Context, Result, ensure};

/// Calls `work` on every item, on as many threads as there are cores. Returns what
/// it returned, in the order of the items.
pub fn map<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    // One, if the system does not say how many there are.
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let todo = Mutex::new(items.iter().enumerate());
    let work_off = || {
        let mut done = Vec::new();
        loop {
            // Its own statement, so that the lock is free while `work` runs.
            let next = todo.lock().unwrap().next();
            let Some((place, item)) = next else { return done };
            done.push((place, work(item)));
        }
    };
    let mut done: Vec<(usize, R)> = thread::scope(|scope| {
        let threads = (0..cores.min(items.len())).map(|_| scope.spawn(work_off));
        let threads: Vec<_> = threads.collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    done.sort_unstable_by_key(|(place, _)| *place);
    done.into_iter().map(|(_, result)| result).collect()
}

/// Runs this program again, with `args`, and returns what it printed.
pub fn run_again(args: &[&str]) -> Result<String> {
    let mut child = Command::new(env::current_exe()?)
        .args(args)
        // The child's lifeline: nobody writes to it, and it ends when this process
        // does, however that happens.
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot start a process")?;
    let stdout = child.stdout.take().expect("it is piped");
    // Not `wait_with_output`: it would close the lifeline first.
    let printed = io::read_to_string(stdout);
    let ended = child.wait()?;
    ensure!(ended.success(), "its process ended with {ended}");
    printed.context("cannot read what it printed")
}

/// In the child: exits as soon as the parent has ended.
pub fn end_with_parent() {
    thread::spawn(|| {
        let _ = io::stdin().read(&mut [0]);
        process::exit(1);
    });
}
