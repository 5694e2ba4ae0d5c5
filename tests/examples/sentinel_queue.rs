//! What sentinel-queue alone promises.

use std::thread;
use std::time::Duration;

use libtest_mimic::Trial;
use support::{Checked, Example, Program, ensure, unix_trial};

use crate::faults::{at_many_moments, no_pipes, parent_interrupted};

use super::Special;

pub const SPECIAL: Special = Special {
    name: "sentinel-queue",
    refused: &[(&["5"], 1, "no role \"5\"")],
    // Python's parent does not know why.
    random: Some(r"(Ended with exit status: 3).*"),
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

/// One of the consumers is killed: the others do the rest, and every number is
/// received or reported as lost.
fn consumer_killed(moment: Duration) -> Checked {
    let mut run = Program::rust(&Example::named("sentinel-queue")).start();
    thread::sleep(moment);
    let child = run.child(|command| command.contains(" consumer-"));
    let Some(child) = child else { return Ok(()) }; // all is done
    run.kill(child);
    let run = run.finish()?;
    run.nothing_left()?;

    let mut numbers: Vec<u32> = Vec::new();
    for line in run.output.lines() {
        if let Some((_, number)) = line.split_once("] Received: ") {
            numbers.push(number.parse()?);
        } else if let Some((_, lost)) = line.split_once("ost: [") {
            let lost = lost.strip_suffix("]").ok_or("no end of the list")?;
            for number in lost.split(", ").filter(|number| !number.is_empty()) {
                numbers.push(number.parse()?);
            }
        }
    }
    numbers.sort_unstable();
    let all = if run.output.contains("crashes") {
        0..10
    } else {
        0..5
    };
    ensure(numbers.into_iter().eq(all), || run.output.clone())?;
    if run.status.success() {
        return Ok(()); // it had no number, or the one at which it crashes
    }
    ensure(run.code() == Some(1), || run.status.to_string())?;
    let said = run.output.contains("] Ended with signal: 9 (SIGKILL): ");
    ensure(said, || run.output.clone())
}
