//! The run of a program at which many promises look.

use std::collections::BTreeMap;
use std::process::ExitStatus;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use crate::{Example, FEW, Program, rounds};

/// Which of the two programs of an example.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Language {
    /// `src/main.rs`.
    Rust,
    /// `NAME.py`.
    Python,
}

/// A run that has ended.
#[derive(Clone)]
pub struct CommonRun {
    /// What it printed.
    pub output: String,
    /// How it ended.
    pub status: ExitStatus,
    /// Fails if it left a process or a temporary file.
    pub nothing_left: Result<(), String>,
    /// How long it took.
    pub time: Duration,
}

type Shared = Arc<OnceLock<Result<CommonRun, String>>>;

/// Runs a program of the example with these arguments. Some take seconds of all
/// cores, so all trials that look at such a run look at the same one; with many
/// rounds, each has its own.
pub fn common_run(
    example: &Example,
    language: Language,
    args: &[&str],
) -> Result<CommonRun, String> {
    static RUNS: Mutex<BTreeMap<(String, Language, String), Shared>> =
        Mutex::new(BTreeMap::new());
    if rounds() > FEW {
        return run(example, language, args);
    }
    let shared = {
        let mut runs = RUNS.lock().expect("nothing panics here");
        let key = (example.name.clone(), language, args.join("\n"));
        Arc::clone(runs.entry(key).or_default())
    };
    shared.get_or_init(|| run(example, language, args)).clone()
}

fn run(
    example: &Example,
    language: Language,
    args: &[&str],
) -> Result<CommonRun, String> {
    let program = match language {
        Language::Rust => Program::rust(example), // builds it, the first time
        Language::Python => Program::python(example),
    };
    let start = Instant::now();
    let run = program.args(args).run()?;
    Ok(CommonRun {
        time: start.elapsed(),
        nothing_left: run.nothing_left(),
        status: run.status,
        output: run.output,
    })
}
