//! What process-pool alone promises: the pool, in the very files that readers copy,
//! keeps its word with jobs that panic, abort, exit, hang and write into the
//! channel, and with workers and pools that are killed.
//!
//! Each trial is a program of its own: this one, started again with the name of
//! the trial in `TRIAL`. It has a working folder of its own, where its jobs leave
//! notes, and a deadline; when it has ended, no process of it may be left.

#[path = "../../examples-processes/process-pool/src"]
mod example {
    // Inside a module with the path of a folder, `pool.rs` finds its own modules.
    #[cfg(unix)]
    pub mod pool;
}

#[cfg(unix)]
mod crashes;
#[cfg(unix)]
mod endings;
mod fallback;
#[cfg(unix)]
mod frames;
#[cfg(unix)]
mod hostile;
#[cfg(unix)]
mod results;

use libtest_mimic::Trial;
use support::trial;

use super::Special;

#[cfg(not(unix))]
pub use off_unix::run_as_trial;
#[cfg(unix)]
pub use on_unix::run_as_trial;

pub const SPECIAL: Special = Special {
    name: "process-pool",
    refused: &[(&["12"], 2, "not \"12\"")],
    own_output: Some("a crash breaks Python's pool"),
    trials,
    ..Special::NOTHING
};

pub fn trials() -> Vec<Trial> {
    #[cfg(unix)]
    let mut trials = on_unix::trials();
    #[cfg(not(unix))]
    let mut trials = Vec::new();
    let fallback = "process-pool: the pool where there is no Unix";
    trials.push(trial(fallback, fallback::works));
    trials
}

#[cfg(unix)]
mod on_unix {
    use std::{env, process};

    use libtest_mimic::{Failed, Trial};
    use support::{Finished, Program, ensure, trial};

    use super::example::pool;
    use super::hostile::{Hostile, Nothing};
    use super::{crashes, endings, frames, hostile, results};

    /// The variable that makes this program a trial.
    const TRIAL: &str = "TRIAL";

    /// Does what the variable `TRIAL` says, if there is one, and ends the process;
    /// also in the trial's workers, which inherit it.
    pub fn run_as_trial() {
        let Ok(name) = env::var(TRIAL) else { return };
        match &*name {
            results::NOT_SERVED => {}
            results::NOTHING => pool::serve::<Nothing>(),
            _ => pool::serve::<Hostile>(),
        }
        if env::args().nth(1).as_deref() == Some(hostile::HOLD) {
            hostile::hold();
        }
        let all = all();
        let orphans = endings::ORPHANS.iter().chain([&endings::EXITS]);
        let mut all = all.iter().chain(orphans);
        let (_, trial) = all.find(|trial| trial.0 == name).expect("a trial");
        trial();
        process::exit(0);
    }

    /// Those that end well and leave nothing.
    fn all() -> Vec<hostile::Trial> {
        let all = [
            crashes::TRIALS,
            frames::TRIALS,
            endings::TRIALS,
            results::TRIALS,
        ];
        all.concat()
    }

    pub fn trials() -> Vec<Trial> {
        let mut trials = Vec::new();
        for (name, _) in all() {
            trials.push(trial(titled(name), move || {
                Ok(ends_well(name)?.nothing_left()?)
            }));
        }
        for &(name, _) in endings::ORPHANS {
            trials.push(trial(titled(name), move || {
                endings::orphans_end(&|| program(name))
            }));
        }
        let (exits, _) = endings::EXITS;
        trials.push(trial(titled(exits), move || {
            Ok(ends_well(exits)?.others_end()?)
        }));
        trials
    }

    fn titled(name: &str) -> String {
        format!("process-pool: {name}")
    }

    fn ends_well(name: &str) -> Result<Finished, Failed> {
        let run = program(name).run()?;
        ensure(run.status.success(), || {
            format!("{}:\n{}", run.status, run.output)
        })?;
        Ok(run)
    }

    fn program(name: &str) -> Program {
        let this = env::current_exe().expect("this program has a path");
        Program::new(this).env(TRIAL, name)
    }
}

#[cfg(not(unix))]
mod off_unix {
    /// No trial is a program of its own here.
    pub fn run_as_trial() {}
}
