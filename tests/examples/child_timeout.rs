//! What child-timeout alone promises.

use std::thread;
use std::time::Duration;

use libtest_mimic::Trial;
use support::{Checked, Example, Program, ensure, many_runs, rounds, unix_trial};

use crate::common_form::common_form;
use crate::faults::{at_many_moments, no_pipes};

use super::Special;

pub const SPECIAL: Special = Special {
    name: "child-timeout",
    refused: &[(&["fast"], 1, "no role \"fast\"")],
    trials,
    ..Special::NOTHING
};

const NAME: &str = "child-timeout";

pub fn trials() -> Vec<Trial> {
    let mut trials = vec![
        unix_trial("child-timeout: a program that cannot be started", || {
            no_pipes(NAME)
        }),
        unix_trial("child-timeout: the same in many runs", same_ends),
        unix_trial("child-timeout: parent alone interrupted", || {
            at_many_moments(interrupted, &Example::named(NAME))
        }),
    ];
    for role in ["slow", "helper"] {
        let name = format!("child-timeout: {role} killed");
        trials.push(unix_trial(name, move || {
            at_many_moments(
                |moment| program_killed(role, moment),
                &Example::named(NAME),
            )
        }));
    }
    trials
}

/// Each of the five ends as the chapter shows it, and nothing is left of it.
fn same_ends() -> Checked {
    let example = Example::named(NAME);
    let chapter = example.printed_in_chapter("cargo run -qp child-timeout");
    let chapter = chapter.ok_or("the chapter does not show the run")?;
    let form = |printed: &str| common_form(NAME, printed);
    many_runs(
        rounds(),
        1, // each starts seven processes
        || Program::rust(&example),
        |run| {
            ensure(form(&run.output) == form(&chapter), || run.output.clone())?;
            Ok(run.others_end()?)
        },
    )
}

/// Ctrl-C reaches only the parent, which stops the programs: one that ignores the
/// request, too.
fn interrupted(moment: Duration) -> Checked {
    let run = Program::rust(&Example::named(NAME)).start();
    thread::sleep(moment);
    run.interrupt_first();
    let run = run.finish()?;
    let said = run
        .output
        .ends_with("Error: interrupted: the programs were stopped\n");
    let expected =
        [None, Some(0)].contains(&run.code()) || run.code() == Some(1) && said;
    ensure(expected, || format!("{}:\n{}", run.status, run.output))?;
    run.others_end()?;
    Ok(run.no_files_left()?)
}

/// What somebody else kills is reported as what it is; the rest goes on.
fn program_killed(role: &str, moment: Duration) -> Checked {
    let mut run = Program::rust(&Example::named(NAME)).start();
    thread::sleep(moment);
    let Some(pid) = run.child(|command| command.ends_with(&format!(" {role}")))
    else {
        return Ok(()); // it is over
    };
    run.kill(pid);
    let run = run.finish()?;
    ensure(run.status.success(), || run.output.clone())?;
    let ended = |name: &str| {
        let mut lines = run.output.lines();
        let start = format!("[{name}] ");
        lines.any(|line| {
            line.strip_prefix(&start).is_some_and(|rest| {
                rest.starts_with("Ended: ") || rest.starts_with("Stopped: ")
            })
        })
    };
    for name in ["quick", "talkative", "slow", "stubborn", "family"] {
        ensure(ended(name), || format!("{name}:\n{}", run.output))?;
    }
    let killed = "[slow] Ended: signal: 9 (SIGKILL)\n";
    let in_time = run.output.contains(killed);
    let too_late = run.output.contains("[slow] Stopped: signal: ");
    ensure(role != "slow" || in_time || too_late, || run.output.clone())?;
    run.others_end()?;
    Ok(run.nothing_left()?)
}
