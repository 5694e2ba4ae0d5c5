//! What the tests of the workspace share: the examples, how to run one, and what a
//! trial is.

#![allow(
    clippy::missing_errors_doc,
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    reason = "test code panics when the machine does not do its part"
)]

pub mod common_run;
pub mod example;
pub mod process_table;
pub mod program;

use std::env;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use libtest_mimic::{Arguments, Failed, Trial};

pub use common_run::{CommonRun, Language, common_run};
pub use example::{Example, examples, root};
pub use program::{Finished, Program, Running};

/// Whether everything has to be there that a trial may need, such as a browser or a
/// server. Otherwise a trial without it is shown as ignored.
pub fn in_ci() -> bool {
    env::var_os("CI").is_some()
}

/// What a check returns: nothing, or what is wrong.
pub type Checked = Result<(), Failed>;

/// How many rounds there are if nothing is said.
pub const FEW: u32 = 2;

/// How long each trial took that has ended.
static TIMES: Mutex<Vec<(Duration, String)>> = Mutex::new(Vec::new());

/// A trial: its name, which begins with the promise or the example that it is
/// about, and what it checks.
pub fn trial(
    name: impl Into<String>,
    check: impl FnOnce() -> Checked + Send + 'static,
) -> Trial {
    let name = name.into();
    let title = name.clone();
    Trial::test(title, move || {
        let start = Instant::now();
        let checked = check();
        let time = start.elapsed();
        let mut times = TIMES.lock().expect("nothing panics here");
        times.push((time, name));
        checked
    })
}

/// A trial that is shown as ignored off Unix: it needs signals, or a shell.
pub fn unix_trial(
    name: impl Into<String>,
    check: impl FnOnce() -> Checked + Send + 'static,
) -> Trial {
    trial(name, check).with_ignored_flag(cfg!(not(unix)))
}

/// One trial of the promise for each example.
pub fn for_each_example(
    promise: &str,
    check: fn(&Example) -> Checked,
) -> Vec<Trial> {
    let mut trials = Vec::new();
    for example in examples() {
        let name = format!("{promise}: {}", example.name);
        trials.push(trial(name, move || check(&example)));
    }
    trials
}

/// How often that is done which gains from many rounds: bugs that are forced, kills
/// at random moments, random bytes. The environment variable `ROUNDS` says it.
/// Without it there are few, for a run while one works; `.ci/run` wants many.
pub fn rounds() -> u32 {
    let Ok(rounds) = env::var("ROUNDS") else {
        return FEW;
    };
    let number = rounds.parse().ok().filter(|rounds| *rounds > 0);
    number.unwrap_or_else(|| panic!("ROUNDS is a number, not \"{rounds}\""))
}

/// Runs a program in many rounds, and in each of them so many at once: all of them
/// end well, leave nothing, and are what `check` wants.
pub fn many_runs(
    rounds: u32,
    at_once: usize,
    program: impl Fn() -> Program,
    check: impl Fn(&Finished) -> Checked,
) -> Checked {
    for _ in 0..rounds {
        let runs: Vec<Running> = (0..at_once).map(|_| program().start()).collect();
        for run in runs {
            let run = run.finish()?;
            ensure(run.status.success(), || {
                format!("{}:\n{}", run.status, run.output)
            })?;
            check(&run)?;
            run.nothing_left()?;
        }
    }
    Ok(())
}

/// Runs the trials and ends the process. Most of them wait for programs that wait,
/// so more of them run at once than there are cores. `SLOWEST=20` prints at the end
/// which twenty took longest.
pub fn run(trials: Vec<Trial>) -> ! {
    process_table::adopt_orphans();
    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert(8);
    let conclusion = libtest_mimic::run(&arguments, trials);
    if let Ok(count) = env::var("SLOWEST") {
        let count = count.parse().expect("SLOWEST is a number");
        let mut times = TIMES.lock().expect("nothing panics here");
        times.sort();
        for (time, name) in times.iter().rev().take(count) {
            println!("{:8.2} s  {name}", time.as_secs_f64());
        }
    }
    conclusion.exit()
}

/// Fails with `text` unless `holds`.
pub fn ensure(holds: bool, text: impl FnOnce() -> String) -> Checked {
    if holds { Ok(()) } else { Err(text().into()) }
}
