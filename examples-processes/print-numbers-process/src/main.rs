//! Starts a process, waits for it, and checks how it ended.
//!
//! - Run it: `cargo run -p print-numbers-process`
//! - Look for: the parent's line comes last, because it waits for its child.
//! - Python: `print_numbers_process.py`

use std::io::{self, Read};
use std::process::{self, Child, Command, Stdio};
use std::time::Duration;
use std::{env, thread};

use anyhow::{Context, Result, bail, ensure};

const WORK_TIME: Duration = Duration::from_millis(100);

fn main() -> Result<()> {
    shared::tidy_output();
    // The child is this same program, started with a role as its argument. Look at
    // the role first, or every child would start a child of its own.
    match env::args().nth(1).as_deref() {
        None => parent()?,
        Some("child") => child(),
        Some(other) => bail!("there is no role \"{other}\""),
    }
    Ok(())
}

fn parent() -> Result<()> {
    let mut child = spawn_self("child")?;
    // The child's lifeline: the child ends when this pipe closes, and the system
    // closes it when this process ends. `wait` would close it, so take it out.
    let _lifeline = child.stdin.take();

    shared::waiting("child");
    let status = child.wait().context(
        "cannot wait for the child (is SIGCHLD ignored? \
         Then put `env --default-signal=CHLD` before the command)",
    )?;
    ensure!(status.success(), "the child ended with {status}");
    println!("Main process finished");
    Ok(())
}

/// Starts this program again, with a role as its first argument.
fn spawn_self(role: &str) -> Result<Child> {
    Command::new(env::current_exe()?)
        .arg(role)
        .stdin(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start the {role}"))
}

/// Begins with nothing from its parent but the argument.
fn child() {
    end_with_parent();
    for number in 0..5 {
        let _span = shared::span(format_args!("number {number}"));
        thread::sleep(WORK_TIME); // your work
        println!("Process: {number}");
    }
}

/// Ends this process when its parent is gone. Nothing is ever written into the
/// lifeline, so `read` returns only when it closes.
fn end_with_parent() {
    thread::spawn(|| {
        let _ = io::stdin().read(&mut [0]);
        process::exit(1);
    });
}
