//! The same crash in a thread and in a process: what survives, who learns of it.
//!
//! - Run it: `cargo run -p crash-isolation`
//! - Look for: an abort in a thread takes the program with it, in a process it does
//!   not.
//! - Python: `crash_isolation.py`

mod child;
mod crash;
#[cfg(test)]
mod tests;

use std::io::{self, Write};
use std::process::ExitCode;
use std::{env, thread};

use anyhow::Result;

use child::Ended;

fn main() -> ExitCode {
    shared::tidy_output();
    let Some(role) = env::args_os().nth(1) else {
        return supervise();
    };
    let role = role.to_string_lossy();
    let (crash, place) = role.split_once("-in-a-").unwrap_or_default();
    match (place, crash::named(crash)) {
        ("thread", Some(crash)) => {
            child::prepare();
            crash_in_a_thread(crash);
        }
        ("process", Some(crash)) => {
            child::prepare();
            work_and_crash(crash);
        }
        _ => {
            eprintln!("expected no argument, not \"{role}\"");
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}

/// A child that plays a whole program: one of its threads crashes, and main has
/// other work to do.
fn crash_in_a_thread(crash: fn()) {
    let _span = shared::span("other work");
    let worker = thread::Builder::new().name("worker".into());
    let worker = worker.spawn(move || work_and_crash(crash));

    // `join` returns if only the thread is lost. If all is lost, main is, too.
    if let Err(panic) = worker.expect("the system can start a thread").join() {
        say(&format!(
            "join returned Err: {}",
            child::panic_message(&*panic)
        ));
    }
    if let Some(repaired) = crash::repair() {
        say(&repaired);
    }
    thread::sleep(crash::WORK);
}

fn work_and_crash(crash: fn()) {
    let _span = shared::span("risky work");
    thread::sleep(crash::WORK);
    let _span = shared::span("crash");
    crash();
}

/// What a child says to its parent. If nobody listens any more, it does not matter.
fn say(words: &str) {
    let _ = writeln!(io::stdout(), "{words}");
}

fn supervise() -> ExitCode {
    if let Err(error) = let_crash() {
        let _ = writeln!(io::stderr(), "{error:#}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// Lets everything crash at once, each in a child of its own, and reports.
fn let_crash() -> Result<()> {
    let roles = crash::ALL.iter().flat_map(|(name, _)| {
        ["thread", "process"].map(|place| format!("{name}-in-a-{place}"))
    });
    let roles: Vec<String> = roles.collect();
    let ended: Vec<Result<Ended>> = thread::scope(|scope| {
        let run = |role| scope.spawn(move || child::run(role));
        let children: Vec<_> = roles.iter().map(String::as_str).map(run).collect();
        shared::waiting("children");
        children
            .into_iter()
            .map(|child| child.join().unwrap())
            .collect()
    });
    for (role, ended) in roles.iter().zip(ended) {
        report(role, &ended?);
    }
    Ok(())
}

fn report(role: &str, ended: &Ended) {
    let well = ended.status.success();
    // In a thread, the program is the child. In a process, it is this one.
    let program = if well || role.ends_with("process") {
        "goes on"
    } else {
        "is lost"
    };
    println!("{}: the program {program}", role.replace('-', " "));
    for line in ended.output.lines() {
        println!("  {line}");
    }
    if !well {
        println!("  {}", ended.status);
        let mut errors = ended.errors.lines().filter(|line| !line.is_empty());
        if let Some(first) = errors.next() {
            println!("  {first}");
        }
    }
}
