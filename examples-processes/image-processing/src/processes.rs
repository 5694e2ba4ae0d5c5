//! The pattern: many pieces of work, each in a process of its own, never more at
//! once than there are cores, and the results in the order of the work.

use std::collections::BTreeMap;
use std::env;
use std::ffi::OsStr;
use std::io::{self, Read};
#[cfg(unix)]
use std::os::unix::process::ExitStatusExt;
use std::process::{self, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex};
use std::thread::{self, Scope};

use anyhow::{Context, Result, bail};

/// The writing ends of the children's standard inputs, by process id, or `None`
/// when nothing further should be begun. Nobody writes to them. They end when this
/// process does, however that happens, and so every child notices.
static LIFELINES: Mutex<Option<BTreeMap<u32, ChildStdin>>> =
    Mutex::new(Some(BTreeMap::new()));

/// Ends the children, and lets no further work begin.
pub fn stop() {
    *LIFELINES.lock().unwrap() = None;
}

/// Whether [`stop`] was called.
pub fn stopped() -> bool {
    LIFELINES.lock().unwrap().is_none()
}

/// Makes Ctrl-C call [`stop`]; a second Ctrl-C ends the program at once.
pub fn stop_on_ctrl_c() -> Result<()> {
    let mut pressed = false;
    let handler = move || {
        if pressed {
            process::exit(130);
        }
        pressed = true;
        stop();
    };
    ctrlc::set_handler(handler).context("cannot prepare for Ctrl-C")
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

/// Runs this program again, with `args`, waits until it has ended, and returns what
/// it has printed.
pub fn run_again(args: &[&OsStr]) -> Result<Vec<u8>> {
    let mut child = Command::new(env::current_exe()?)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("cannot start a process")?;
    let (id, lifeline) = (child.id(), child.stdin.take().expect("it is piped"));
    // After `stop` there is no list: the lifeline is dropped, and the child ends.
    LIFELINES
        .lock()
        .unwrap()
        .as_mut()
        .map(|all| all.insert(id, lifeline));
    shared::waiting("child process");
    let ended = child.wait_with_output();
    LIFELINES
        .lock()
        .unwrap()
        .as_mut()
        .map(|all| all.remove(&id));

    let ended = ended.context("cannot wait for a process")?;
    // Ctrl-C goes to every process of the terminal, and the child may be the first.
    #[cfg(unix)]
    if ended.status.signal() == Some(2) {
        stop(); // SIGINT
    }
    let words = String::from_utf8_lossy(&ended.stderr);
    let words = words.lines().map(str::trim).collect::<Vec<_>>().join(" ");
    match ended.status.code() {
        Some(0) => Ok(ended.stdout),
        _ if words.is_empty() => bail!("its process ended with {}", ended.status),
        Some(1) => bail!(words),
        _ => bail!("its process ended with {}: {words}", ended.status),
    }
}
