//! What unix-socket alone promises: whatever is killed, the others end, and say so.

use std::{fs, io};

use libtest_mimic::Trial;
use support::{Checked, Example, Program, ensure, rounds, trial, unix_trial};

use crate::{faults, runs};

use super::Special;

pub const SPECIAL: Special = Special {
    name: "unix-socket",
    refused: &[
        (&["nonsense"], 1, "not \"nonsense\""),
        (&["client", "only"], 1, "not \"client only\""),
    ],
    // All receive the same, in an order that differs from run to run.
    interchangeable: Some(r"^\[(?:alice|bob|carol)\]"),
    trials,
    ..Special::NOTHING
};

pub fn trials() -> Vec<Trial> {
    vec![
        trial("unix-socket: the same in many runs", || {
            runs::always_in_the_same_form("unix-socket", rounds())
        }),
        unix_trial("unix-socket: the server killed", || killed(" chat")),
        unix_trial("unix-socket: a client killed", || killed(" bob")),
        unix_trial("unix-socket: a server without a client stops", no_client),
        unix_trial("unix-socket: Ctrl-C to main alone", || {
            faults::parent_interrupted("unix-socket")
        }),
    ]
}

/// Kills a child as soon as it is there. The rest ends, and leaves nothing.
fn killed(child: &str) -> Checked {
    let mut reported = 0;
    for _ in 0..rounds().max(5) {
        let mut run = Program::rust(&Example::named("unix-socket")).start();
        let Some(pid) = run.child(|command| command.ends_with(child)) else {
            run.finish()?.nothing_left()?;
            continue;
        };
        run.kill(pid);
        let run = run.finish()?;
        run.nothing_left()?;
        // It may have been done already.
        if !run.status.success() {
            ensure(run.code() == Some(1), || run.status.to_string())?;
            let panicked = run.output.contains("panicked at");
            let said = run.output.contains("Error: ");
            ensure(said && !panicked, || run.output.clone())?;
            reported += 1;
        }
    }
    ensure(reported > 0, || "none was killed in time".into())
}

/// Its lifeline closes while it waits in `accept`. It ends, and removes its files.
fn no_client() -> Checked {
    for _ in 0..rounds() {
        let folder = tempfile::tempdir()?;
        let place = folder.path().join("place");
        fs::create_dir(&place)?;
        let (lifeline, parent) = io::pipe()?;
        let mut server = Program::rust(&Example::named("unix-socket"))
            .arg("server")
            .arg(place.join("socket"))
            .arg("chat")
            .stdin(lifeline)
            .start();
        let first = server.next_line().unwrap_or_default();
        let second = server.next_line().unwrap_or_default();
        ensure(second.contains("is refused"), || format!("{first}{second}"))?;
        let stat = format!("/proc/{}/stat", server.pid());
        let waits = || fs::read_to_string(&stat).is_ok_and(|s| s.contains(") S "));
        // Elsewhere it may not have come so far, and has to end as well.
        if cfg!(target_os = "linux") && !server.until(waits) {
            return Err("it does not wait".into());
        }
        drop(parent);
        let server = server.finish()?;
        let stopped = server.output == "[server] has stopped\n";
        ensure(server.status.success() && stopped, || server.output.clone())?;
        server.nothing_left()?;
        ensure(!place.exists(), || "the folder is still there".into())?;
    }
    Ok(())
}
