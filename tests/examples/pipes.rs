//! What pipes alone promises.

use std::fs;

use libtest_mimic::Trial;
use support::program::binary;
use support::{Checked, Example, Program, ensure, trial, unix_trial};

use crate::faults::{no_pipes, parent_interrupted};

use super::Special;

pub const SPECIAL: Special = Special {
    name: "pipes",
    refused: &[
        (&["ten"], 2, "\"ten\""),
        (&["-1"], 2, "\"-1\""),
        (&["257MiB"], 2, "\"257MiB\""),
        (&["18446744073709551616MiB"], 2, "at most 256MiB"),
        (&["1", "2"], 2, "unexpected argument \"2\""),
        (&["send", "ten"], 2, "\"ten\""),
        (&["echo", "1"], 2, "unexpected argument \"1\""),
    ],
    compared: &[&["0"], &["10000"], &["64MiB"]],
    random: Some(r"(stuck after )\d+"),
    trials,
    ..Special::NOTHING
};

pub fn trials() -> Vec<Trial> {
    let mut trials = Vec::new();
    // Less than two pipes hold, more than that, and far more.
    for (size, stuck) in [
        (0, false),
        (1, false),
        (8192, false),
        (1 << 18, true),
        (1 << 26, true),
    ] {
        trials.push(trial(format!("pipes: {size}: exact"), move || {
            exact(size, stuck)
        }));
    }
    for role in ["send", "answer", "get-stuck", "echo"] {
        trials.push(unix_trial(format!("pipes: {role} killed"), move || {
            pipe_end_killed(role)
        }));
    }
    // `send` and `echo` do not miss a parent: to them, the input is only empty.
    for (role, code) in [
        ("send 100", 0),
        ("get-stuck 1000000", 1),
        ("answer", 1),
        ("echo", 0),
    ] {
        trials.push(unix_trial(
            format!("pipes: {role} without parent"),
            move || alone(role, code),
        ));
    }
    trials.push(unix_trial("pipes: a child that cannot be started", || {
        no_pipes("pipes")
    }));
    trials.push(unix_trial(
        "pipes: a reader that goes away",
        reader_goes_away,
    ));
    trials.push(unix_trial("pipes: Ctrl-C for the parent", || {
        parent_interrupted("pipes")
    }));
    trials
}

/// All bytes arrive, one way and both ways, and write-then-read gets stuck or not.
fn exact(size: u32, stuck: bool) -> Checked {
    let run = Program::rust(&Example::named("pipes"))
        .arg(size.to_string())
        .run()?;
    ensure(run.status.success(), || run.output.clone())?;
    let lines: Vec<&str> = run.output.lines().collect();
    ensure(lines.len() == 5, || run.output.clone())?;
    for (line, end) in [(0, " came"), (1, " came back"), (3, " came back")] {
        let right = lines[line].ends_with(&format!(": {size} bytes{end}"));
        ensure(right, || run.output.clone())?;
    }
    let (_, end) = lines[2].split_once("then read: ").ok_or("no third line")?;
    let right = if stuck {
        end.starts_with("stuck after ")
            && end.ends_with(&format!("of {size} bytes"))
    } else {
        end == format!("{size} bytes came back")
    };
    ensure(right, || run.output.clone())?;
    Ok(run.nothing_left()?)
}

/// One end of a pipe is killed while the other waits for it or reads from it: the
/// parent names it, and ends.
fn pipe_end_killed(role: &str) -> Checked {
    // What is there only for a moment may be gone before it is killed.
    for _ in 0..20 {
        let program = Program::rust(&Example::named("pipes"));
        let mut run = program.arg("64MiB").start();
        let is_it = |command: &str| {
            command
                .split_whitespace()
                .nth(1)
                .is_some_and(|name| name == role)
        };
        let Some(child) = run.child(is_it) else {
            continue;
        };
        run.kill(child);
        let run = run.finish()?;
        run.others_end()?; // the other end of the pipe may be no child of the first
        if run.status.success() {
            continue;
        }
        ensure(run.code() == Some(1), || run.status.to_string())?;
        let reason = match role {
            "echo" => "cannot write everything: Broken pipe",
            _ => "the child ended with signal: 9 (SIGKILL)",
        };
        // The other end may say that it lost its partner.
        let named = run.output.lines().any(|line| line.contains(reason));
        ensure(named, || run.output.clone())?;
        ensure(!run.output.contains("panicked"), || run.output.clone())?;
        return Ok(());
    }
    Err("it was never killed in time".into())
}

/// Who writes to a reader that has gone gets an error that it can report, and is
/// not ended by a signal.
fn reader_goes_away() -> Checked {
    let script = "{ \"$0\" send 1048576 2>errors; echo code $? >&2; } | head -c 9";
    let run = Program::new("sh")
        .args(["-c", script])
        .arg(binary("pipes"))
        .run()?;
    ensure(run.output.contains("code 1\n"), || run.output.clone())?;
    let errors = fs::read_to_string(run.work().join("errors"))?;
    let line = "cannot send to the parent: Broken pipe (os error 32)\n";
    ensure(errors == line, || errors.clone())?;
    Ok(run.nothing_left()?)
}

/// A role whose standard input has ended already: there is no parent.
fn alone(role: &str, code: i32) -> Checked {
    let run = Program::rust(&Example::named("pipes"))
        .args(role.split(' '))
        .run()?;
    ensure(run.code() == Some(code), || run.status.to_string())?;
    ensure(!run.output.contains("panicked"), || run.output.clone())?;
    Ok(run.nothing_left()?)
}
