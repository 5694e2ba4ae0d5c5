//! What manager alone promises.

use std::thread;
use std::time::Duration;

use libtest_mimic::{Failed, Trial};
use support::{Checked, Example, Program, Running, ensure, unix_trial};

use crate::faults::{at_many_moments, no_pipes};

use super::Special;

pub const SPECIAL: Special = Special {
    name: "manager",
    refused: &[(&["8"], 1, "no role \"8\"")],
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
        unix_trial("manager: a client without manager", client_alone),
        unix_trial("manager: a client that cannot be started", || {
            no_pipes("manager")
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
        return ensure(exact == 800, || run.output.clone());
    }
    ensure(run.code() == Some(1), || run.status.to_string())?;
    ensure((700..=800).contains(&exact), || run.output.clone())?;
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
    let said = last == Some("Error: client-3 ended with signal: 9 (SIGKILL)");
    ensure(said, || run.output.clone())
}

/// Each client says so, and ends.
fn manager_killed(moment: Duration) -> Checked {
    let run = Program::rust(&Example::named("manager")).start();
    thread::sleep(moment);
    let early = moment.is_zero();
    if early {
        all_started(&run)?;
    }
    run.kill(run.pid());
    let run = run.finish()?;
    run.others_end()?;
    run.no_files_left()?;
    // They may speak at the same moment, so their lines may be mixed.
    let said = run.output.matches("the manager is gone").count();
    let right = said <= 8 && (said == 8 || !early);
    ensure(right && !run.output.contains("panicked"), || {
        format!("not once each:\n{}", run.output)
    })
}

/// Waits until there are eight clients.
fn all_started(run: &Running) -> Checked {
    for _ in 0..10_000 {
        let processes = run.processes().into_iter();
        let clients = processes.filter(|p| p.command.contains(" client-"));
        if clients.count() == 8 {
            return Ok(());
        }
        thread::sleep(Duration::from_millis(1));
    }
    Err("there were never eight clients".into())
}

/// Its standard input is not a socket: it says so, and ends.
fn client_alone() -> Checked {
    let run = Program::rust(&Example::named("manager"))
        .arg("client-1")
        .run()?;
    ensure(run.code() == Some(1), || run.status.to_string())?;
    let said = run.output.starts_with("Error: a manager has to start it\n");
    ensure(said, || run.output.clone())?;
    Ok(run.nothing_left()?)
}
