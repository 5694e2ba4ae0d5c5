//! Runs five programs with a time limit: nothing of them is left when it is over.
//!
//! - Run it: `cargo run -p child-timeout`
//! - Look for: what it takes to end each of them.
//! - Python: `child_timeout.py`

mod group;
#[cfg(target_os = "linux")]
mod mark;
mod programs;
#[cfg(all(test, unix))]
mod tests;
mod timed;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use std::{env, thread};

use anyhow::{Context, Result, ensure};
use timed::Limits;

/// Honest work gets a limit that it stays far below.
const LONG: Duration = Duration::from_secs(10);
const SHORT: Duration = Duration::from_millis(300);
const MAX_OUTPUT: usize = 50_000; // bytes

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

fn main() -> Result<()> {
    shared::tidy_output();
    // The programs are this same program, started with a role as the argument.
    if let Some(role) = env::args().nth(1) {
        return programs::play(&role);
    }

    // Each program has a group of its own, so Ctrl-C reaches only this process.
    ctrlc::set_handler(|| INTERRUPTED.store(true, Ordering::Relaxed))
        .context("cannot handle Ctrl-C")?;

    // On a busy machine, a program takes long even to begin.
    let start = Instant::now();
    run("quick", LONG)?;
    let short = SHORT.max(20 * start.elapsed());

    thread::scope(|scope| {
        let mut threads = Vec::new();
        for name in ["talkative", "slow", "stubborn", "family"] {
            let time = if name == "talkative" { LONG } else { short };
            threads.push(scope.spawn(move || {
                shared::lane(name);
                run(name, time)
            }));
        }
        shared::waiting("programs");
        threads.into_iter().try_for_each(|it| it.join().unwrap())
    })?;
    ensure!(
        !INTERRUPTED.load(Ordering::Relaxed),
        "interrupted: the programs were stopped"
    );
    Ok(())
}

/// Runs a program, and says how it ended.
fn run(name: &str, time: Duration) -> Result<()> {
    let limits = Limits {
        time,
        grace: time / 3,
        output: MAX_OUTPUT,
        stop: &INTERRUPTED,
    };
    shared::waiting("the program");
    let finished = timed::run(&mut programs::command(name)?, &limits, |line| {
        // No more than a part of a line, and nothing that controls the terminal.
        let line = String::from_utf8_lossy(line);
        println!("[{name}] > {:.30}", line.escape_debug().to_string());
    })
    .with_context(|| format!("cannot run {name}"))?;

    let how = if finished.stopped { "Stopped" } else { "Ended" };
    println!("[{name}] {how}: {}", finished.status);
    if finished.output.iter().any(|kept| kept.len() == MAX_OUTPUT) {
        println!("[{name}] Kept the first {MAX_OUTPUT} bytes");
    }
    if !finished.complete {
        println!("[{name}] Its output is still held by a process out of reach");
    }
    Ok(())
}
