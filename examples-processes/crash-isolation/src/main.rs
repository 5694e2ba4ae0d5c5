//! The same crash in a thread and in a process: what survives?
//!
//! - Run it: `cargo run -p crash-isolation`
//! - Look for: what an abort takes down in a thread, and what in a process.
//! - Python: `crash_isolation.py`

mod child;
mod crash;

use std::process::Output;
use std::{env, thread};

use anyhow::{Result, bail};
use crash::Crash;

fn main() -> Result<()> {
    shared::tidy_output();
    // The children are this same program. The first argument is their role, and the
    // second is the crash.
    match env::args().nth(1).as_deref() {
        None => parent(),
        Some("crash-in-thread") => {
            crash_in_thread(crash::from_argument()?);
            Ok(())
        }
        Some("crash-in-process") => {
            child::prepare();
            work_and_crash(crash::from_argument()?);
            Ok(())
        }
        Some(other) => bail!("there is no role \"{other}\""),
    }
}

/// Lets everything crash, each time in a child, and reports how it ended.
fn parent() -> Result<()> {
    for crash in Crash::ALL {
        // The child plays a whole program, and one of its threads crashes.
        shared::waiting("child");
        let program = child::run("crash-in-thread", crash.name())?;
        let end = if program.status.success() {
            "continues"
        } else {
            "is lost"
        };
        println!("{} in a thread: the program {end}", crash.name());
        print_details(&program);

        // Here the program is this one, and the child does only the risky work.
        shared::waiting("child");
        let child = child::run("crash-in-process", crash.name())?;
        println!("{} in a process: the program continues", crash.name());
        print_details(&child);
    }
    Ok(())
}

/// What the child has printed, and if it crashed, how it ended and why.
fn print_details(child: &Output) {
    for line in String::from_utf8_lossy(&child.stdout).lines() {
        println!("  {line}");
    }
    if !child.status.success() {
        println!("  {}", child.status);
        let stderr = String::from_utf8_lossy(&child.stderr);
        for line in stderr.lines().filter(|line| !line.is_empty()).take(2) {
            println!("  {line}");
        }
    }
}

/// A program in which a thread crashes, while main has other work to do.
fn crash_in_thread(crash: Crash) {
    child::prepare();
    let _span = shared::span("other work");
    let worker = thread::spawn(move || work_and_crash(crash));
    // `join` returns if only the thread is lost. If all is lost, so is this one.
    if let Err(panic) = worker.join() {
        let message = panic.downcast_ref::<&str>().unwrap_or(&"no text");
        println!("join returned an error: {message}");
    }
    thread::sleep(crash::WORK_TIME);
}

fn work_and_crash(crash: Crash) {
    let _span = shared::span("risky work");
    thread::sleep(crash::WORK_TIME);
    let _span = shared::span("crash");
    crash.happen();
}
