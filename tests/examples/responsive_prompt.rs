//! What responsive-prompt alone promises.

use libtest_mimic::Trial;
use support::program::binary;
use support::{
    Checked, Example, Finished, Program, ensure, many_runs, rounds, unix_trial,
};

use super::Special;

pub const SPECIAL: Special = Special {
    name: "responsive-prompt",
    random: Some(r"\d+( of 10000 steps| primes)"),
    trials,
    ..Special::NOTHING
};

fn trials() -> Vec<Trial> {
    vec![
        unix_trial("responsive-prompt: nothing is done in a pause", paused),
        unix_trial("responsive-prompt: commands from a pipe", || {
            let run = with_input("printf 'progress\\n\\nstop\\n'")?;
            let asked = run.output.starts_with("> progress\n");
            let stopped = last_line(&run).starts_with("Stopped after ");
            ensure(asked && stopped, || run.output.clone())
        }),
        unix_trial("responsive-prompt: the input ends in a pause", || {
            let run = with_input("printf 'pause\\nnot the end of a line'")?;
            let known = run.output.contains("What is \"not the end of a line\"?");
            let stopped = last_line(&run).starts_with("Stopped after ");
            ensure(known && stopped, || run.output.clone())
        }),
        unix_trial("responsive-prompt: a line without an end", || {
            let run = with_input("head -c 10000 /dev/zero")?;
            let parts = run.output.matches("What is").count();
            ensure(parts == 50, || run.output.clone())
        }),
    ]
}

/// The progress that is shown after a pause is the same twice.
fn paused() -> Checked {
    many_runs(
        rounds(),
        5,
        || Program::rust(&Example::named("responsive-prompt")),
        |run| {
            let (_, pause) = run.output.split_once("Paused").ok_or("no pause")?;
            let (pause, _) = pause.split_once("> resume").ok_or("no end")?;
            let steps = pause
                .lines()
                .filter_map(|line| line.strip_suffix(" of 10000 steps"))
                .filter_map(|line| line.rsplit(' ').next())
                .collect::<Vec<_>>();
            ensure(
                steps.len() == 3 && steps.iter().all(|s| *s == steps[0]),
                || run.output.clone(),
            )
        },
    )
}

/// A run whose input is what a line of shell prints.
fn with_input(shell: &str) -> Result<Finished, String> {
    let script = format!("{shell} | \"$0\"");
    let program = Program::new("sh").args(["-c", &script]);
    let run = program.arg(binary("responsive-prompt")).run()?;
    run.nothing_left()?;
    Ok(run)
}

fn last_line(run: &Finished) -> &str {
    run.output.lines().last().unwrap_or_default()
}
