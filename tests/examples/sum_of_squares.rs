//! What sum-of-squares alone promises.

use libtest_mimic::Trial;
use support::{Checked, Example, Program, ensure, unix_trial};

use crate::faults::{
    child_without_parent, replaced, same_as_file, sigchld_ignored,
};

use super::Special;

pub const SPECIAL: Special = Special {
    name: "sum-of-squares",
    refused: &[(&["ten"], 1, "no role \"ten\"")],
    random: Some(r"(Cores: |_, )[\d.]+"),
    trials,
    ..Special::NOTHING
};

pub fn trials() -> Vec<Trial> {
    vec![
        unix_trial("sum-of-squares: a process killed", sum_killed),
        unix_trial("sum-of-squares: SIGCHLD ignored", no_status),
        unix_trial("sum-of-squares: replaced while it runs", || {
            replaced("sum-of-squares", &[], |_| ())
        })
        .with_ignored_flag(cfg!(not(target_os = "linux"))),
        // Work for days.
        unix_trial("sum-of-squares: a child without parent", || {
            child_without_parent("sum-of-squares", &["sum", "1000000000000"])
        }),
    ]
}

/// The sums that were sent count.
fn no_status() -> Checked {
    let run = sigchld_ignored("sum-of-squares", &[]).run()?;
    ensure(run.status.success(), || run.output.clone())?;
    ensure(run.output.contains("Results match: true"), || {
        run.output.clone()
    })?;
    Ok(run.nothing_left()?)
}

/// One of the processes dies: its number is named, the other sums are there.
fn sum_killed() -> Checked {
    let first = if cfg!(debug_assertions) {
        10_000_000
    } else {
        100_000_000
    };
    let mut run = Program::rust(&Example::named("sum-of-squares")).start();
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
    let expected = results.chain(["Error: only 7 of 8 sums are right".to_owned()]);
    ensure(run.output.lines().eq(expected), || run.output.clone())?;
    if cfg!(debug_assertions) {
        same_as_file("sum-of-squares", "killed.txt", &run.output)?;
    }
    Ok(run.nothing_left()?)
}
