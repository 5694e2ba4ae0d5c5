//! What sum-of-squares alone promises.

use libtest_mimic::Trial;
use support::{Checked, Example, Program, ensure, unix_trial};

use crate::faults::child_without_parent;

use super::Special;

pub const SPECIAL: Special = Special {
    name: "sum-of-squares",
    refused: &[
        (&["ten"], 2, "\"ten\""),
        (&["4294967296"], 2, "\"4294967296\""),
        (&["--sum"], 2, "\"--sum\""),
        (&["--sum", "ten"], 2, "argument \"ten\""),
        (&["1", "2"], 2, "argument \"2\""),
    ],
    compared: &[&["0"], &["12345"]],
    random: Some(r"(Cores: |_, )[\d.]+"),
    trials,
    ..Special::NOTHING
};

pub fn trials() -> Vec<Trial> {
    vec![
        unix_trial("sum-of-squares: a process killed", sum_killed),
        // Work for days.
        unix_trial("sum-of-squares: a child without parent", || {
            child_without_parent("sum-of-squares", &["--sum", "1000000000000"])
        }),
    ]
}

/// One of the processes dies: its number is named, the other sums are there.
fn sum_killed() -> Checked {
    // Long enough to be caught at work.
    let first = if cfg!(debug_assertions) {
        30_000_000
    } else {
        300_000_000
    };
    let program = Program::rust(&Example::named("sum-of-squares"));
    let mut run = program.arg(first.to_string()).start();
    let killed = first + 2;
    let child = run.child(|command| command.ends_with(&format!(" {killed}")));
    run.kill(child.ok_or("no process has begun")?);
    let run = run.finish()?;
    ensure(run.code() == Some(1), || {
        format!("{}:\n{}", run.status, run.output)
    })?;
    let formula = |n: u128| (n - 1) * n * (2 * n - 1) / 6;
    let results = (first..first + 8).map(|number| {
        if number == killed {
            return format!("{number}: its process ended with signal: 9 (SIGKILL)");
        }
        format!("Sum of squares below {number}: {}", formula(number))
    });
    let expected = results.chain(["Results match: true".to_owned()]);
    // Before them come the number of cores and two times.
    ensure(run.output.lines().skip(3).eq(expected), || {
        run.output.clone()
    })?;
    Ok(run.nothing_left()?)
}
