//! What the tests of the workspace share: the examples, how to run one, and how to
//! compare what two runs printed.

#![allow(
    clippy::missing_errors_doc,
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    reason = "test code panics when the machine does not do its part"
)]

pub mod common_form;
pub mod example;
pub mod process_table;
pub mod program;

use libtest_mimic::{Arguments, Failed, Trial};

pub use common_form::common_form;
pub use example::{Example, examples, root};
pub use program::{Finished, Program, Running};

/// What a check returns: nothing, or what is wrong.
pub type Checked = Result<(), Failed>;

/// One test for each example, named after it.
pub fn for_each_example(check: fn(&Example) -> Checked) -> Vec<Trial> {
    let test = |example: Example| {
        Trial::test(example.name.clone(), move || check(&example))
    };
    examples().into_iter().map(test).collect()
}

/// Runs a program again and again, so many at once: all of them end well, leave
/// nothing, and are what `check` wants.
pub fn many_runs(
    rounds: usize,
    at_once: usize,
    program: impl Fn() -> Program,
    check: impl Fn(&Finished) -> Checked,
) -> Checked {
    for _ in 0..rounds {
        let runs: Vec<_> = (0..at_once).map(|_| program().start()).collect();
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

/// Runs the tests and ends the process. Most of them wait for programs that wait,
/// so more of them run at once than there are cores.
pub fn run(tests: Vec<Trial>) -> ! {
    process_table::adopt_orphans();
    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert(6);
    libtest_mimic::run(&arguments, tests).exit()
}

/// Fails with `text` unless `holds`.
pub fn ensure(holds: bool, text: impl FnOnce() -> String) -> Checked {
    if holds { Ok(()) } else { Err(text().into()) }
}
