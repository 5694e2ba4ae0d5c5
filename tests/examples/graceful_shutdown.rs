//! What graceful-shutdown alone promises.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use libtest_mimic::{Failed, Trial};
use support::process_table::{self, Signal};
use support::program::binary;
use support::{Checked, Example, Program, ensure, many_runs, rounds, unix_trial};

use crate::common_form::common_form;
use crate::faults::{at_many_moments, no_pipes, parent_interrupted};

use super::Special;

pub const SPECIAL: Special = Special {
    name: NAME,
    refused: &[(&["serve"], 1, "no role [\"serve\"]")],
    interchangeable: Some(r"\[worker-\d\]"),
    trials,
    ..Special::NOTHING
};

const NAME: &str = "graceful-shutdown";

pub fn trials() -> Vec<Trial> {
    let mut trials = vec![
        unix_trial("graceful-shutdown: a child that cannot be started", || {
            no_pipes(NAME)
        }),
        unix_trial("graceful-shutdown: parent alone interrupted", || {
            parent_interrupted(NAME)
        }),
        unix_trial("graceful-shutdown: the same in many runs", same_ends),
        unix_trial("graceful-shutdown: every signal, once or twice", signals),
        unix_trial("graceful-shutdown: the end of the input", end_of_input),
        unix_trial("graceful-shutdown: one that is stuck ends, too", stuck),
        unix_trial("graceful-shutdown: a worker is stopped", worker_stopped),
    ];
    for role in ["service 20 2000", "worker 20"] {
        let title = format!("graceful-shutdown: {role} killed");
        trials.push(unix_trial(title, move || {
            let example = Example::named(NAME);
            at_many_moments(|moment| role_killed(role, moment), &example)
        }));
    }
    let title = "graceful-shutdown: as process 1 of a container";
    trials.push(
        unix_trial(title, process_1).with_ignored_flag(!has_pid_namespaces()),
    );
    trials
}

/// In all three cases, nothing is lost, and the end is in order.
fn same_ends() -> Checked {
    let example = Example::named(NAME);
    let first = Program::rust(&example).run()?.output;
    let ends = first.matches("\nexit status: 0, lost: []\n").count();
    ensure(ends == 3, || first.clone())?;
    let program = || Program::rust(&example);
    many_runs(rounds(), 3, program, |run| {
        let same = common_form(NAME, &run.output) == common_form(NAME, &first);
        ensure(same, || run.output.clone())?;
        let (finished, _) =
            run.output.split_once("Jobs of an hour").ok_or("no hour")?;
        in_order(&finished.lines().collect::<Vec<_>>())
    })
}

/// The service begins to stop. Then the jobs in work are finished, then the workers
/// end, and then the service.
fn in_order(lines: &[&str]) -> Checked {
    let place = |words: &str| {
        let mut places = lines.iter().enumerate();
        places
            .rfind(|(_, line)| line.contains(words))
            .map(|(place, _)| place)
    };
    let order = ["is stopping", "finishes", "ends"].map(place);
    let complete = order.iter().all(Option::is_some) && order.is_sorted();
    let last = lines.iter().rfind(|line| line.contains("ends"));
    let service_is_last = last.is_some_and(|line| line.contains("service"));
    ensure(complete && service_is_last, || lines.join("\n"))
}

struct Ended {
    code: Option<i32>,
    events: Vec<String>,
}

/// Runs a service with three jobs, and calls `ask` with its process when both
/// workers are in work.
fn service(
    mut command: Command,
    [job_ms, grace_ms]: [&str; 2],
    mut ask: impl FnMut(&mut std::process::Child) -> Checked,
) -> Result<Ended, Failed> {
    let mut process = command
        .args(["service", job_ms, grace_ms])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let input = process.stdin.as_mut().ok_or("no input")?;
    input.write_all(b"1\n2\n3\n")?;
    let output = process.stdout.take().ok_or("no output")?;
    let mut events: Vec<String> = Vec::new();
    let mut asked = false;
    for line in BufReader::new(output).lines() {
        events.push(line?);
        let begun = events.iter().filter(|event| event.contains("begins"));
        if begun.count() == 2 && !asked {
            asked = true;
            ask(&mut process)?;
        }
    }
    let code = process.wait()?.code();
    Ok(Ended { code, events })
}

/// Every job is finished or returned, and the end is in order.
fn nothing_lost(ended: &Ended) -> Checked {
    let lines: Vec<&str> = ended.events.iter().map(String::as_str).collect();
    ensure(ended.code == Some(0), || format!("{:?}", ended.code))?;
    for end in ["finishes 1", "finishes 2", "service returns 3"] {
        let times = lines.iter().filter(|line| line.ends_with(end)).count();
        ensure(times == 1, || format!("{end}: {lines:?}"))?;
    }
    in_order(&lines)
}

/// `timeout` sends each signal twice: it is one request.
fn signals() -> Checked {
    for signal in [Signal::Interrupt, Signal::Terminate, Signal::HangUp] {
        for times in 1..=2 {
            let program = Command::new(binary(NAME));
            let ended = service(program, ["20", "600000"], |process| {
                for _ in 0..times {
                    process_table::signal(process.id(), signal);
                }
                Ok(())
            })?;
            nothing_lost(&ended)?;
        }
    }
    Ok(())
}

fn end_of_input() -> Checked {
    let program = Command::new(binary(NAME));
    let ended = service(program, ["20", "600000"], |process| {
        process.stdin = None;
        Ok(())
    })?;
    nothing_lost(&ended)
}

/// Whether this system lets us make a container's process 1.
fn has_pid_namespaces() -> bool {
    let unshare = unshare().arg("true").output();
    unshare.is_ok_and(|ended| ended.status.success())
}

fn unshare() -> Command {
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "--pid", "--fork"]);
    command
}

/// A process 1 gets only signals that it handles: both the first and the second
/// request, and the deadline.
fn process_1() -> Checked {
    let mut container = unshare();
    container.arg(binary(NAME));
    let ended = service(container, ["20", "600000"], |unshare| {
        process_table::signal(only_child(unshare.id())?, Signal::Terminate);
        Ok(())
    })?;
    nothing_lost(&ended)?;

    let mut late = unshare();
    late.arg(binary(NAME));
    let ended = service(late, ["3600000", "100"], |unshare| {
        process_table::signal(only_child(unshare.id())?, Signal::Terminate);
        Ok(())
    })?;
    let returned = |event: &&String| event.contains(" returns ");
    let all_returned = ended.events.iter().filter(returned).count() == 3;
    ensure(ended.code == Some(0) && all_returned, || {
        format!("{:?}: {:?}", ended.code, ended.events)
    })
}

/// A service that cannot print, because nobody reads, ends nevertheless: when the
/// grace time is over, or at the second request.
fn stuck() -> Checked {
    for (grace_ms, requests, code) in [("50", 1, 1), ("600000", 2, 130)] {
        let mut process = Command::new(binary(NAME))
            .args(["service", "20", grace_ms])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut input = process.stdin.take().ok_or("no input")?;
        for job in 1..20_000 {
            writeln!(input, "{job}")?; // returned, in more than a pipe holds
        }
        let output = process.stdout.take().ok_or("no output")?;
        let mut events = BufReader::with_capacity(1, output).lines();
        let mut reaches = |word: &str| {
            let found = events.by_ref().map_while(Result::ok);
            found.into_iter().any(|event| event.contains(word))
        };
        ensure(reaches("begins"), || "no job has begun".into())?;
        process_table::signal(process.id(), Signal::Terminate);
        ensure(reaches("is stopping"), || "it does not stop".into())?;
        if requests == 2 {
            thread::sleep(Duration::from_millis(150)); // or they are the same
            process_table::signal(process.id(), Signal::Terminate);
        }
        let status = process.wait()?;
        ensure(status.code() == Some(code), || status.to_string())?;
    }
    Ok(())
}

/// An idle worker that is stopped does not end when its input is closed. It is
/// killed when the grace time is over.
fn worker_stopped() -> Checked {
    let mut process = Command::new(binary(NAME))
        .args(["service", "20", "50"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let id = process.id();
    let children = format!("/proc/{id}/task/{id}/children");
    let worker = loop {
        let workers = fs::read_to_string(&children)?;
        if let [first, _] = workers.split_whitespace().collect::<Vec<_>>()[..] {
            break first.to_owned();
        }
    };
    Command::new("kill").args(["-STOP", &worker]).status()?;
    process_table::signal(id, Signal::Terminate);
    // Open until the end, because the end of the input is a request, too.
    let _input = process.stdin.take();
    let status = process.wait()?;
    ensure(status.code() == Some(0), || status.to_string())
}

fn only_child(process: u32) -> Result<u32, Failed> {
    let path = format!("/proc/{process}/task/{process}/children");
    Ok(fs::read_to_string(path)?.trim().parse()?)
}

/// A service that is killed leaves no worker, and its jobs are told. A worker that
/// is killed ends its service in order, and its job is returned.
fn role_killed(role: &str, moment: Duration) -> Checked {
    let mut run = Program::rust(&Example::named(NAME)).start();
    thread::sleep(moment);
    let Some(pid) = run.child(|command| command.ends_with(&format!(" {role}")))
    else {
        return Ok(()); // it has ended
    };
    run.kill(pid);
    let run = run.finish()?;
    run.others_end()?; // the workers of a service that was killed
    run.no_files_left()?;
    // Before the jobs were sent, that fails, and says so.
    let not_sent = run.code() == Some(1) && run.output.contains("is gone");
    ensure(run.status.success() || not_sent, || run.output.clone())?;
    let first = run.output.lines().find(|line| line.contains(", lost: "));
    let end = first.unwrap_or_default();
    let in_order = end == "exit status: 0, lost: []";
    let killed = not_sent || end.starts_with("signal: 9 (SIGKILL), lost: [");
    let is_service = role.starts_with("service");
    ensure(in_order || is_service && killed, || run.output.clone())
}
