use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use std::{fs, io, panic, thread};

use rustix::process::{Pid, Signal, kill_process, test_kill_process};

use crate::timed::{self, Finished, Limits};

/// Nothing that is expected to end takes that long.
const LONG: Duration = Duration::from_secs(600);
const SHORT: Duration = Duration::from_millis(30);
const MAX_OUTPUT: usize = 100_000;

/// Runs a line of shell, and stops it when so many lines have come, which are
/// returned, too.
fn shell(
    script: &str,
    stop_after: usize,
    [time, grace]: [Duration; 2],
) -> (Finished, Vec<String>) {
    let stop = AtomicBool::new(false);
    let limits = Limits {
        time,
        grace,
        output: MAX_OUTPUT,
        stop: &stop,
    };
    let mut lines = Vec::new();
    let mut command = Command::new("sh");
    command.args(["-c", script]).stdin(Stdio::null());
    let finished = timed::run(&mut command, &limits, |line| {
        lines.push(String::from_utf8_lossy(line).into_owned());
        if lines.len() == stop_after {
            stop.store(true, Ordering::Relaxed);
        }
    });
    (finished.unwrap(), lines)
}

#[test]
fn the_ends_are_told_apart() {
    const LOOP: &str = "echo ready; while :; do sleep 0.01; done";
    for (script, stopped, status) in [
        ("exit 0", false, "exit status: 0"),
        ("exit 3", false, "exit status: 3"),
        ("kill -9 $$", false, "signal: 9 (SIGKILL)"),
        (LOOP, true, "signal: 15 (SIGTERM)"),
        (
            &format!("trap 'exit 5' TERM; {LOOP}"),
            true,
            "exit status: 5",
        ),
    ] {
        let (finished, _) = shell(script, 1, [LONG, LONG]);
        assert_eq!(finished.status.to_string(), status, "{script}");
        assert_eq!(finished.stopped, stopped, "{script}");
        assert!(finished.complete, "{script}");
    }
    let (finished, _) = shell("exec sleep 1000", 1, [SHORT, LONG]);
    assert!(finished.stopped);
    assert_eq!(finished.status.to_string(), "signal: 15 (SIGTERM)");
    let (finished, _) = shell(&format!("trap '' TERM; {LOOP}"), 1, [LONG, SHORT]);
    assert!(finished.stopped);
    assert_eq!(finished.status.to_string(), "signal: 9 (SIGKILL)");
}

#[test]
fn a_program_that_cannot_be_started_is_an_error() {
    let limits = Limits {
        time: LONG,
        grace: LONG,
        output: 0,
        stop: &AtomicBool::new(false),
    };
    let run = timed::run(&mut Command::new("./no-such-program"), &limits, |_| ());
    assert_eq!(run.err().unwrap().kind(), io::ErrorKind::NotFound);
}

#[test]
fn both_outputs_are_read_and_no_more_is_kept_than_fits() {
    let script = "head -c 300000 /dev/zero; head -c 300000 /dev/zero >&2; echo end";
    let (finished, lines) = shell(script, usize::MAX, [LONG, LONG]);
    assert!(finished.status.success() && finished.complete);
    assert_eq!(finished.output.map(|kept| kept.len()), [MAX_OUTPUT; 2]);
    // A line that is too long comes in pieces, of which none is lost.
    assert_eq!(lines.concat().len(), 600_003);
    assert!(lines.iter().all(|piece| piece.len() <= 64 * 1024));
}

#[test]
fn a_program_that_prints_without_end_is_stopped() {
    let script = "while :; do echo more; done";
    let (finished, _) = shell(script, usize::MAX, [SHORT, LONG]);
    assert!(finished.stopped && finished.complete);
}

#[test]
fn what_was_printed_before_the_end_is_kept() {
    let script = "echo a; echo b >&2; sleep 1000";
    let (finished, _) = shell(script, 2, [LONG, SHORT]);
    assert_eq!(finished.output, [b"a\n", b"b\n"]);
}

#[test]
fn what_a_program_leaves_behind_is_killed() {
    // It holds the outputs: it has the grace time.
    let script = "sleep 1000 & echo $!";
    let (finished, lines) = shell(script, usize::MAX, [LONG, SHORT]);
    assert!(finished.status.success() && !finished.stopped && finished.complete);
    gone(&lines[0]);
    // It holds none: it is killed at once.
    let script = "sleep 1000 >/dev/null 2>&1 & echo $!";
    let (finished, lines) = shell(script, usize::MAX, [LONG, LONG]);
    assert!(finished.status.success() && !finished.stopped && finished.complete);
    gone(&lines[0]);
}

#[test]
#[cfg(target_os = "linux")]
fn what_has_left_the_group_is_killed_too() {
    for script in [
        "setsid sh -c 'echo $$; sleep 1000; :' & sleep 1000",
        "setsid setsid -f sh -c 'echo $$; exec sleep 1000' & sleep 1000",
        "setsid -f sh -c 'echo $$; exec sleep 1000 2>/dev/null >&2'; sleep 1000",
    ] {
        let (finished, lines) = shell(script, 1, [LONG, SHORT]);
        assert!(finished.complete, "{script}");
        gone(&lines[0]);
    }
}

#[test]
#[cfg(target_os = "linux")]
fn what_is_out_of_reach_is_reported() {
    let script = "env -i setsid sh -c 'echo $$; exec sleep 1000' & sleep 1000";
    let (finished, lines) = shell(script, 1, [LONG, SHORT]);
    assert!(!finished.complete);
    kill_process(pid(&lines[0]), Signal::KILL).unwrap();
}

#[test]
fn when_on_line_panics_nothing_is_left() {
    let limits = Limits {
        time: LONG,
        grace: LONG,
        output: 0,
        stop: &AtomicBool::new(false),
    };
    let mut pid = String::new();
    let mut command = Command::new("sh");
    command.args(["-c", "sleep 1000 & echo $!; sleep 1000"]);
    let run = panic::catch_unwind(panic::AssertUnwindSafe(|| {
        timed::run(&mut command, &limits, |line| {
            pid = String::from_utf8_lossy(line).into_owned();
            panic!("this panic is part of the test");
        })
    }));
    assert!(run.is_err());
    gone(&pid);
}

fn pid(number: &str) -> Pid {
    Pid::from_raw(number.parse().unwrap()).unwrap()
}

/// Returns when the process has ended, waited for or not.
fn gone(number: &str) {
    // A zombie still has a number, but no command line.
    let command = format!("/proc/{number}/cmdline");
    while test_kill_process(pid(number)).is_ok()
        && fs::read(&command).is_ok_and(|words| !words.is_empty())
    {
        thread::sleep(Duration::from_millis(1));
    }
}
