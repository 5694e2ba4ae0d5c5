//! What producer-consumer alone promises.

use std::thread;
use std::time::Duration;

use libtest_mimic::Trial;
use support::{Checked, Example, Program, ensure, unix_trial};

use crate::faults::at_many_moments;

use super::Special;

pub const SPECIAL: Special = Special {
    name: "producer-consumer",
    refused: &[(&["12"], 1, "no role \"12\"")],
    random: Some(r"(Produced|Consumed): \d+"),
    trials,
    ..Special::NOTHING
};

pub fn trials() -> Vec<Trial> {
    let mut trials = Vec::new();
    for role in ["producer", "consumer"] {
        let name = format!("producer-consumer: {role} killed");
        trials.push(unix_trial(name, move || {
            let example = Example::named("producer-consumer");
            at_many_moments(|moment| role_killed(role, moment), &example)
        }));
    }
    trials
}

/// Either process dies: the other ends, and every number that was accepted is
/// consumed or reported as lost.
fn role_killed(role: &str, moment: Duration) -> Checked {
    let mut run = Program::rust(&Example::named("producer-consumer")).start();
    thread::sleep(moment);
    let Some(pid) = run.child(|command| command.ends_with(&format!(" {role}")))
    else {
        return Ok(()); // it has done its work
    };
    run.kill(pid);
    let run = run.finish()?;
    run.nothing_left()?;

    let numbers = |words: &str| -> Vec<u32> {
        let found = run
            .output
            .lines()
            .filter_map(|line| line.strip_prefix(words));
        found
            .map(|number| number.parse().expect("a number"))
            .collect()
    };
    let produced = numbers("[producer] Produced: ");
    let consumed = numbers("[consumer] Consumed: ");
    if run.status.success() {
        // The signal came when it had done everything.
        return ensure(consumed == produced, || run.output.clone());
    }
    ensure(run.code() == Some(1), || run.status.to_string())?;
    let report = run.output.lines().last().unwrap_or_default();
    let said = report.contains(&format!("{role}: signal: 9 (SIGKILL)"));
    ensure(said, || {
        format!("does not say that the {role} was killed:\n{}", run.output)
    })?;
    let lost = report
        .split_once("lost: [")
        .and_then(|(_, lost)| lost.strip_suffix("]"));
    let lost = lost.ok_or("does not say what is lost")?.split(", ");
    let lost: Vec<u32> = lost.filter_map(|number| number.parse().ok()).collect();

    // In the order in which they were produced: the consumed ones, then the lost
    // ones, of which the first may have been printed as consumed already. The last
    // may have been accepted without its producer saying so.
    let accounted =
        |seen: usize| [&consumed[..], &lost[seen.min(lost.len())..]].concat();
    let fits =
        |all: &[u32]| all.starts_with(&produced) && all.len() <= produced.len() + 1;
    let printed_and_lost = !lost.is_empty() && consumed.last() == lost.first();
    let complete = fits(&accounted(0)) || printed_and_lost && fits(&accounted(1));
    ensure(complete, || {
        format!("something is missing:\n{}", run.output)
    })
}
