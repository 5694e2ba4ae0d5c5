//! What mixed-workload alone promises.

use std::thread;
use std::time::Duration;

use libtest_mimic::Trial;
use support::{Checked, Example, Program, ensure, unix_trial};

use crate::faults::{at_many_moments, child_without_parent, parent_interrupted};

use super::Special;

pub const SPECIAL: Special = Special {
    name: "mixed-workload",
    refused: &[
        (&["12"], 2, "12"),
        (&["count-primes", "0"], 2, "count-primes"),
    ],
    trials,
    ..Special::NOTHING
};

pub fn trials() -> Vec<Trial> {
    vec![
        unix_trial("mixed-workload: a process killed", || {
            at_many_moments(chunk_killed, &Example::named("mixed-workload"))
        }),
        unix_trial("mixed-workload: Ctrl-C for the parent", || {
            parent_interrupted("mixed-workload")
        }),
        // Work for days.
        unix_trial("mixed-workload: a child without parent", || {
            child_without_parent(
                "mixed-workload",
                &["count-primes", "0", "1000000000000"],
            )
        }),
    ]
}

/// One of the processes that count is killed: its chunk is named at the end, and
/// everything else is done.
fn chunk_killed(moment: Duration) -> Checked {
    let mut run = Program::rust(&Example::named("mixed-workload")).start();
    thread::sleep(moment);
    let child = run.child(|command| command.contains(" count-primes "));
    let Some(child) = child else { return Ok(()) }; // all is done
    run.kill(child);
    let run = run.finish()?;
    run.nothing_left()?;
    // Three times, one phase a line: the times stand there in any case.
    let times = run.output.lines().filter(|line| line.ends_with(" seconds"));
    ensure(times.count() == 3, || run.output.clone())?;
    let lines =
        |start: &str| run.output.lines().filter(|l| l.starts_with(start)).count();
    ensure(lines("[query-") == 6, || run.output.clone())?;
    if run.status.success() {
        // The signal came when the child had answered.
        return ensure(lines("[chunk-") == 8, || run.output.clone());
    }
    ensure(run.code() == Some(1), || run.status.to_string())?;
    let last = run.output.lines().last().unwrap_or_default();
    let words = ": its process ended with signal: 9 (SIGKILL)";
    let named = last.strip_suffix(words).ok_or_else(|| run.output.clone())?;
    let counted = (lines("[chunk-"), lines(&format!("[{named}] ")));
    ensure(counted == (7, 1), || {
        format!("{counted:?}:\n{}", run.output)
    })
}
