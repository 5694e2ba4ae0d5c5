//! The process pool, in the very files that readers copy: what it promises, kept
//! against jobs that panic, abort, exit, hang and write into the channel, and
//! against workers and pools that are killed.
//!
//! Each trial is a program of its own: this one, started again with the name of
//! the trial in `TRIAL`. It has a working folder of its own, where its jobs leave
//! notes, and a deadline; when it has ended, no process of it may be left.

#[path = "../examples-processes/process-pool/src"]
mod example {
    // Inside a module with the path of a folder, `pool.rs` finds its own modules.
    #[cfg(unix)]
    pub mod pool;
}

#[cfg(unix)]
#[path = "pool/crashes.rs"]
mod crashes;
#[cfg(unix)]
#[path = "pool/endings.rs"]
mod endings;
#[path = "pool/fallback.rs"]
mod fallback;
#[cfg(unix)]
#[path = "pool/frames.rs"]
mod frames;
#[cfg(unix)]
#[path = "pool/hostile.rs"]
mod hostile;
#[cfg(unix)]
#[path = "pool/results.rs"]
mod results;

use libtest_mimic::Trial;

fn main() {
    #[cfg(unix)]
    let mut trials = on_unix::trials();
    #[cfg(not(unix))]
    let mut trials = Vec::new();
    trials.push(Trial::test(
        "the pool where there is no Unix",
        fallback::works,
    ));
    tests::run(trials)
}

#[cfg(unix)]
mod on_unix {
    use std::{env, process};

    use libtest_mimic::{Failed, Trial};
    use tests::{Finished, Program, ensure};

    use crate::example::pool;
    use crate::hostile::{Hostile, Nothing};
    use crate::{crashes, endings, frames, hostile, results};

    /// All trials that are programs of their own. Does not return in one of them,
    /// nor in a worker.
    pub fn trials() -> Vec<Trial> {
        let name = env::var("TRIAL").ok();
        match name.as_deref() {
            Some(results::NOT_SERVED) => {}
            Some(results::NOTHING) => pool::serve::<Nothing>(),
            _ => pool::serve::<Hostile>(),
        }
        if env::args().nth(1).as_deref() == Some(hostile::HOLD) {
            hostile::hold();
        }
        let trials = [
            results::TRIALS,
            crashes::TRIALS,
            frames::TRIALS,
            endings::TRIALS,
        ];
        let trials = trials.concat();
        let orphans = endings::ORPHANS;
        if let Some(name) = name {
            let mut all = trials.iter().chain(orphans).chain([&endings::EXITS]);
            let (_, trial) = all.find(|trial| trial.0 == name).expect("a trial");
            trial();
            process::exit(0);
        }
        let trials = trials.into_iter().map(|(name, _)| {
            Trial::test(name, move || Ok(ends_well(name)?.nothing_left()?))
        });
        let orphans = orphans.iter().map(|&(name, _)| {
            Trial::test(name, move || endings::orphans_end(&|| program(name)))
        });
        let (exits, _) = endings::EXITS;
        let exits = Trial::test(exits, move || Ok(ends_well(exits)?.others_end()?));
        trials.chain(orphans).chain([exits]).collect()
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
        Program::new(this).env("TRIAL", name)
    }
}
