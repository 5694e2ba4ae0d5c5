//! What file-lock alone promises.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use libtest_mimic::{Failed, Trial};
use support::program::binary;
use support::{Checked, Example, Program, ensure, many_runs, rounds, unix_trial};

use crate::faults::{at_many_moments, no_pipes};

use super::Special;

pub const SPECIAL: Special = Special {
    name: "file-lock",
    refused: &[
        (&["instance"], 1, "no role [\"instance\"]"),
        (&["reader", "."], 1, "no role \"reader\""),
    ],
    leaves_files_when_killed: true,
    trials,
    ..Special::NOTHING
};

const NAME: &str = "file-lock";

pub fn trials() -> Vec<Trial> {
    vec![
        unix_trial("file-lock: a child that cannot be started", || {
            no_pipes(NAME)
        }),
        unix_trial("file-lock: nothing is lost, in many runs", same_report),
        unix_trial("file-lock: parent alone interrupted", || {
            at_many_moments(interrupted, &Example::named(NAME))
        }),
        unix_trial(
            "file-lock: processes killed while they change the file",
            || (0..rounds()).try_for_each(|_| adders_killed()),
        ),
        unix_trial("file-lock: ten processes, one killed with the lock", many),
    ]
}

/// What the chapter shows, to the letter.
fn same_report() -> Checked {
    let example = Example::named(NAME);
    let chapter = example.printed_in_chapter("cargo run -qp file-lock");
    let chapter = chapter.ok_or("the chapter does not show the run")?;
    many_runs(
        rounds(),
        1, // it starts nine processes
        || Program::rust(&example),
        |run| ensure(run.output == chapter, || run.output.clone()),
    )
}

/// The run goes on to its end, and then says that it was interrupted.
fn interrupted(moment: Duration) -> Checked {
    let run = Program::rust(&Example::named(NAME)).start();
    thread::sleep(moment);
    run.interrupt_first();
    let run = run.finish()?;
    let said = run.output == "Error: interrupted: not done\n";
    let expected = [None, Some(0)].contains(&run.code()) || said;
    ensure(expected, || format!("{}:\n{}", run.status, run.output))?;
    Ok(run.nothing_left()?)
}

/// Whenever an adder is killed, the counter is a whole number that has not gone
/// back, and the others can go on.
fn adders_killed() -> Checked {
    let folder = tempfile::tempdir()?;
    let mut last = 0;
    for _ in 0..5 {
        let mut killed = adder(folder.path(), ADDITIONS)?;
        let mut other = adder(folder.path(), ADDITIONS)?;
        thread::sleep(Duration::from_millis(4).mul_f64(rand::random()));
        killed.kill()?;
        killed.wait()?;
        let seen = counter(folder.path())?;
        ensure(seen >= last, || format!("{last}, then {seen}"))?;
        let _lifeline = other.stdin.take();
        ensure(other.wait()?.success(), || "an adder failed".into())?;
        let now = counter(folder.path())?;
        let expected = last + ADDITIONS..=last + 2 * ADDITIONS;
        ensure(expected.contains(&now), || format!("{last}, then {now}"))?;
        last = now;
    }
    Ok(())
}

const ADDITIONS: usize = 20; // of each adder

/// Ten processes change a file many times. While five of them work, another gets
/// the lock, and is killed with it when the other five are there, too. Nothing is
/// lost.
fn many() -> Checked {
    let additions = 1_000.min(100 * rounds() as usize); // by each
    let folder = tempfile::tempdir()?;
    let mut adders = Vec::new();
    for _ in 0..5 {
        adders.push(adder(folder.path(), additions)?);
    }
    let mut owner = Command::new(binary(NAME))
        .arg("owner")
        .arg(folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut line = String::new();
    let output = owner.stdout.take().ok_or("no output")?;
    BufReader::new(output).read_line(&mut line)?;
    ensure(line.contains("with the lock"), || line)?;
    for _ in 0..5 {
        adders.push(adder(folder.path(), additions)?);
    }
    owner.kill()?;
    owner.wait()?;
    for mut adder in adders {
        let _lifeline = adder.stdin.take();
        ensure(adder.wait()?.success(), || "an adder failed".into())?;
    }
    let now = counter(folder.path())?;
    ensure(now == 10 * additions, || format!("{now}"))
}

fn adder(folder: &Path, additions: usize) -> Result<Child, Failed> {
    let mut command = Command::new(binary(NAME));
    command.arg("adder").arg(folder).arg(additions.to_string());
    command.stdin(Stdio::piped());
    Ok(command.spawn()?)
}

/// What the file says. Without one, nobody has added anything yet.
fn counter(folder: &Path) -> Result<usize, Failed> {
    match fs::read_to_string(folder.join("counter.txt")) {
        Ok(text) => Ok(text.parse()?),
        Err(_) => Ok(0),
    }
}
