//! What ipc-compared alone promises: the quoted figures are those of a run, and
//! whatever is killed, the other side ends. Nothing is asserted about times.

use std::thread;
use std::time::Duration;

use libtest_mimic::Trial;
use regex::Regex;
use support::{
    Checked, Example, Language, Program, common_run, ensure, rounds, trial,
    unix_trial,
};

use super::Special;
use crate::common_form::common_form;
use crate::faults::replaced;

pub const SPECIAL: Special = Special {
    name: "ipc-compared",
    refused: &[
        (&["12"], 1, "not \"12\""),
        (&["pipe", "8"], 1, "not \"pipe 8\""),
    ],
    own_output: Some("all of it is measured"),
    random: Some(r"^    \S.*|[\s_]{2,}"),
    trials,
    ..Special::NOTHING
};

pub fn trials() -> Vec<Trial> {
    vec![
        trial("ipc-compared: results.txt has the form of a run", results),
        unix_trial("ipc-compared: a child killed", child_killed),
        unix_trial("ipc-compared: its file replaced", || {
            replaced("ipc-compared", &[], |_| ())
        })
        .with_ignored_flag(cfg!(not(target_os = "linux"))), // /proc/self/exe
    ]
}

/// What a release build has printed once has the rows of a run now.
fn results() -> Checked {
    let example = Example::named("ipc-compared");
    let run = common_run(&example, Language::Rust, &[])?;
    let form = |text: &str| {
        let note = |line: &&str| !line.starts_with("(A debug build");
        let lines: Vec<&str> = text.lines().filter(note).collect();
        common_form("ipc-compared", &lines.join("\n"))
    };
    let (committed, now) = (form(&example.read("results.txt")), form(&run.output));
    ensure(committed == now, || format!("{committed}\n{now}"))?;

    // Each figure is a time, and each column has one.
    let row =
        Regex::new(r"(?m)^(?:8 bytes|1 MiB), \w+ cores?(?:\s+[\d.]+[nµm]?s){4}$")?;
    let rows = row.find_iter(&run.output).count();
    ensure([2, 4].contains(&rows), || run.output.clone())
}

/// The parent says so, or it was between two measurements.
fn child_killed() -> Checked {
    let mut reported = 0;
    for round in 0..rounds().max(4) {
        let mut run = Program::rust(&Example::named("ipc-compared")).start();
        thread::sleep(Duration::from_millis(u64::from(10 * round)));
        let Some(child) = run.child(|command| command.contains("shared-memory"))
        else {
            run.finish()?.nothing_left()?;
            continue;
        };
        run.kill(child);
        let run = run.finish()?;
        run.nothing_left()?;
        if !run.status.success() {
            let last = "Error: the child ended with signal: 9 (SIGKILL)";
            ensure(run.output.contains(last), || run.output.clone())?;
            reported += 1;
        }
    }
    ensure(reported > 0, || "none was killed in time".into())
}
