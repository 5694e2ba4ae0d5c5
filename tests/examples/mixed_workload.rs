//! What mixed-workload alone promises.

use std::thread;
use std::time::Duration;

use libtest_mimic::Trial;
use support::{Checked, Example, Program, ensure, unix_trial};

use crate::faults::{
    at_many_moments, child_without_parent, parent_interrupted, same_as_file,
};

use super::Special;

pub const SPECIAL: Special = Special {
    name: "mixed-workload",
    refused: &[(&["12"], 1, "no role \"12\"")],
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
        unix_trial("mixed-workload: a child without parent", || {
            // As much work as the program has: it ends in the middle of it.
            child_without_parent("mixed-workload", &["count", "4"])
        }),
    ]
}

/// One of the processes that count is killed: its chunk is named at the end, and
/// everything else is done.
fn chunk_killed(moment: Duration) -> Checked {
    let mut run = Program::rust(&Example::named("mixed-workload")).start();
    thread::sleep(moment);
    let child = run.child(|command| command.contains(" count "));
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
    let start = run
        .output
        .find("Error: ")
        .ok_or_else(|| run.output.clone())?;
    let error = &run.output[start..];
    let named = error
        .strip_prefix("Error: ")
        .and_then(|error| error.split_once(" is lost"))
        .map(|(name, _)| name)
        .ok_or_else(|| run.output.clone())?;
    // The chapter shows how chunk-3 gets lost.
    let chunk_3 = error.replace(named, "chunk-3");
    same_as_file("mixed-workload", "killed.txt", &chunk_3)?;
    let counted = (lines("[chunk-"), lines(&format!("[{named}] ")));
    ensure(counted == (7, 1), || {
        format!("{counted:?}:\n{}", run.output)
    })
}
