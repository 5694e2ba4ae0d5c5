//! What sentinel-queue alone promises.

use std::thread;
use std::time::Duration;

use libtest_mimic::Trial;
use support::{Checked, Example, Program, ensure, unix_trial};

use crate::faults::{at_many_moments, no_pipes, parent_interrupted};

use super::Special;

pub const SPECIAL: Special = Special {
    name: "sentinel-queue",
    refused: &[(&["5"], 2, "not \"5\"")],
    interchangeable: Some(r"^\[consumer-\d+\]"),
    trials,
    ..Special::NOTHING
};

pub fn trials() -> Vec<Trial> {
    vec![
        unix_trial("sentinel-queue: a consumer killed", || {
            at_many_moments(consumer_killed, &Example::named("sentinel-queue"))
        }),
        unix_trial("sentinel-queue: a child that cannot be started", || {
            no_pipes("sentinel-queue")
        }),
        unix_trial("sentinel-queue: Ctrl-C for the parent", || {
            parent_interrupted("sentinel-queue")
        }),
    ]
}

/// One of the consumers is killed: the others go on, and every number is received
/// or reported as lost.
fn consumer_killed(moment: Duration) -> Checked {
    let mut run = Program::rust(&Example::named("sentinel-queue")).start();
    thread::sleep(moment);
    let child = run.child(|command| command.contains(" consumer-"));
    let Some(child) = child else { return Ok(()) }; // all is done
    run.kill(child);
    let run = run.finish()?;
    run.nothing_left()?;
    if run.status.success() {
        return Ok(()); // it was done already, and waited for
    }
    ensure(run.code() == Some(1), || run.status.to_string())?;
    // The output ends with what was under way.
    let start = run.output.rfind(":\n").ok_or_else(|| run.output.clone())?;
    let received = run.output[start..].lines().filter_map(|line| {
        line.split_once("] Received: ")
            .map(|(_, number)| number.parse::<u32>())
    });
    let mut numbers = received.collect::<Result<Vec<_>, _>>()?;
    let report = run.output.lines().last().unwrap_or_default();
    ensure(report.contains(": signal: 9 (SIGKILL), "), || {
        run.output.clone()
    })?;
    let lost = report
        .split_once("numbers lost: [")
        .and_then(|(_, lost)| lost.strip_suffix("]"))
        .ok_or_else(|| run.output.clone())?;
    let lost = lost.split(", ").filter(|number| !number.is_empty());
    let lost = lost.map(str::parse::<u32>).collect::<Result<Vec<_>, _>>()?;
    // One that was received just before may be reported as lost, too.
    let twice = lost
        .iter()
        .filter(|number| numbers.contains(number))
        .count();
    ensure(twice <= 1, || run.output.clone())?;
    numbers.extend(lost);
    numbers.sort_unstable();
    numbers.dedup();
    let all = if run.output.contains("[producer] ") {
        0..2
    } else {
        0..5
    };
    ensure(numbers.into_iter().eq(all), || run.output.clone())
}
