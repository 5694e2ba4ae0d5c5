//! What bank-account alone promises: the first timeline that a reader sees.

use std::{env, fs};

use libtest_mimic::Trial;
use support::program::binary;
use support::{Checked, Example, Program, ensure, root, trial};

use super::Special;

pub const SPECIAL: Special = Special {
    name: "bank-account",
    trials,
    ..Special::NOTHING
};

pub fn trials() -> Vec<Trial> {
    vec![trial("bank-account: its timeline in README.md", timeline)]
}

/// `timeline.txt`, which README.md shows, is a real drawing: a new one has the same
/// lanes, and each of them works, waits, or does both, as it does there.
/// `UPDATE=1` writes the new one.
fn timeline() -> Checked {
    let run = Program::new(binary("timeline"))
        .arg("bank-account")
        .env("COLUMNS", "80")
        .in_folder(root())
        .run()?;
    ensure(run.status.success(), || run.output.clone())?;
    let (_, drawn) = run
        .output
        .split_once("\nbank-account: ")
        .ok_or_else(|| run.output.clone())?;
    let drawn = format!("bank-account: {drawn}");
    let file = Example::named("bank-account").folder.join("timeline.txt");
    if env::var_os("UPDATE").is_some() {
        fs::write(&file, &drawn)?;
    }
    let committed = fs::read_to_string(&file)?;
    ensure(lanes(&committed) == lanes(&drawn), || {
        format!("timeline.txt:\n{committed}a real run:\n{drawn}")
    })
}

/// The name of each lane, and whether it works. Which comes first may vary.
fn lanes(drawing: &str) -> Vec<(&str, bool)> {
    let mut lanes = Vec::new();
    for line in drawing.lines() {
        if let Some((name, bars)) = line.split_once(" │") {
            lanes.push((name.trim(), bars.contains('▐')));
        }
    }
    lanes.sort_unstable();
    lanes
}
