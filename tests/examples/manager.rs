//! What manager alone promises.

use std::thread;
use std::time::Duration;

use libtest_mimic::{Failed, Trial};
use support::{Checked, Example, Program, ensure, unix_trial};

use crate::faults::at_many_moments;

use super::Special;

pub const SPECIAL: Special = Special {
    name: "manager",
    refused: &[
        (&["many"], 2, "1 to 100, not \"many\""),
        (&["0"], 2, "not \"0\""),
        (&["101"], 2, "not \"101\""),
        (&["1", "2"], 2, "unexpected argument \"2\""),
        (&["client-1"], 1, "client-1: a manager has to start it"),
    ],
    compared: &[&["1"], &["3"]],
    trials,
    ..Special::NOTHING
};

pub fn trials() -> Vec<Trial> {
    vec![
        unix_trial("manager: a client killed", || {
            at_many_moments(client_killed, &Example::named("manager"))
        }),
        unix_trial("manager: the manager killed", || {
            at_many_moments(manager_killed, &Example::named("manager"))
        }),
    ]
}

/// The others make all their calls, and what the killed one has asked for is done.
fn client_killed(moment: Duration) -> Checked {
    let mut run = Program::rust(&Example::named("manager")).start();
    thread::sleep(moment);
    let Some(client) = run.child(|command| command.ends_with(" client-3")) else {
        return Ok(()); // all is done
    };
    run.kill(client);
    let run = run.finish()?;
    run.nothing_left()?;
    let number = |label: &str| -> Result<u32, Failed> {
        let line = run.output.lines().find_map(|line| line.strip_prefix(label));
        let (number, _) =
            line.and_then(|n| n.split_once(" of ")).ok_or("no line")?;
        Ok(number.parse()?)
    };
    let (lossy, exact) = (number("get, then set: ")?, number("add: ")?);
    ensure(lossy == 1, || run.output.clone())?;
    if run.status.success() {
        return ensure(exact == 80_000, || run.output.clone());
    }
    ensure(run.code() == Some(1), || run.status.to_string())?;
    ensure((70_000..=80_000).contains(&exact), || run.output.clone())?;
    let others = (1..=8).filter(|client| *client != 3);
    for client in others.map(|client| format!("client-{client}")) {
        let finished = run
            .output
            .lines()
            .find(|line| line.starts_with("Finished: "));
        let found = finished.is_some_and(|line| line.contains(&client));
        ensure(found, || format!("no {client}:\n{}", run.output))?;
    }
    let last = run.output.lines().last();
    let said = last == Some("client-3 ended with signal: 9 (SIGKILL)");
    ensure(said, || run.output.clone())
}

/// Each client says so in one line, and ends.
fn manager_killed(moment: Duration) -> Checked {
    let mut run = Program::rust(&Example::named("manager")).start();
    thread::sleep(moment);
    let early = moment.is_zero();
    if early {
        run.child(|command| command.ends_with(" client-8"))
            .ok_or("no client")?;
    }
    run.kill(run.pid());
    let run = run.finish()?;
    run.others_end()?;
    run.no_files_left()?;
    let mut said: Vec<&str> = Vec::new();
    for line in run
        .output
        .lines()
        .filter(|line| line.starts_with("client-"))
    {
        let client = line.strip_suffix(": the manager is gone");
        said.push(client.ok_or_else(|| run.output.clone())?);
    }
    let lines = said.len();
    said.sort_unstable();
    said.dedup();
    let once = said.len() == lines && (lines == 8 || !early);
    ensure(once, || format!("not a line each:\n{}", run.output))
}
