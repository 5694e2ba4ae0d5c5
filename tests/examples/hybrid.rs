//! What hybrid alone promises.

use std::thread;
use std::time::Duration;

use libtest_mimic::Trial;
use support::{Checked, Example, Program, ensure, unix_trial};

use crate::faults::{at_many_moments, child_without_parent, parent_interrupted};

use super::Special;

pub const SPECIAL: Special = Special {
    name: "hybrid",
    refused: &[
        (&["12"], 1, "no role \"12\""),
        (&["worker"], 1, "the number is missing"),
    ],
    trials,
    ..Special::NOTHING
};

pub fn trials() -> Vec<Trial> {
    vec![
        unix_trial("hybrid: a process killed", || {
            at_many_moments(share_killed, &Example::named("hybrid"))
        }),
        unix_trial("hybrid: Ctrl-C for the parent", || {
            parent_interrupted("hybrid")
        }),
        unix_trial("hybrid: a child without parent", || {
            child_without_parent("hybrid", &["worker", "1"])
        }),
    ]
}

/// One of two processes is killed: every order of the other is there, and every
/// order of its own is either there or reported as lost.
fn share_killed(moment: Duration) -> Checked {
    let mut run = Program::rust(&Example::named("hybrid")).start();
    thread::sleep(moment);
    let child = run.child(|command| command.ends_with(" worker 2"));
    let Some(child) = child else { return Ok(()) };
    run.kill(child);
    let run = run.finish()?;
    run.nothing_left()?;

    let mut orders: Vec<u32> = Vec::new();
    let mut sum = 0;
    for line in run.output.lines() {
        if let Some((_, words)) = line.split_once("] Order ") {
            let (order, amount) = words.split_once(": ").ok_or("no amount")?;
            let amount = amount.strip_suffix(" euros").ok_or("no euros")?;
            orders.push(order.parse()?);
            sum += amount.parse::<u32>()?;
        }
    }
    ensure(
        run.output.contains(&format!("\nTotal: {sum} euros")),
        || format!("not the sum {sum}:\n{}", run.output),
    )?;
    if !run.status.success() {
        ensure(run.code() == Some(1), || run.status.to_string())?;
        let killed = "[process-2] it ended with signal: 9 (SIGKILL)\n";
        ensure(run.output.contains(killed), || run.output.clone())?;
        let report = run.output.lines().last().unwrap_or_default();
        let lost = report
            .strip_prefix("Error: orders lost: [")
            .and_then(|lost| lost.strip_suffix("]"))
            .ok_or_else(|| run.output.clone())?;
        for order in lost.split(", ").filter(|order| !order.is_empty()) {
            orders.push(order.parse()?);
        }
    }
    orders.sort_unstable();
    ensure(orders.iter().copied().eq(1..=12), || run.output.clone())
}
