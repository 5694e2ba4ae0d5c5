//! What publish alone promises.

use libtest_mimic::Trial;
use support::{Checked, Example, Program, ensure, many_runs, rounds, trial};

use super::Special;

pub const SPECIAL: Special = Special {
    name: "publish",
    own_output: Some("Python has no memory orderings"),
    // What a relaxed flag shows depends on the processor.
    random: Some("^(Relaxed: ).*"),
    trials,
    ..Special::NOTHING
};

pub fn trials() -> Vec<Trial> {
    vec![trial("publish: the same in many runs", always_old)]
}

/// A flag that is set first is always there before the size; one that is released
/// never is; and the lazy size is measured once.
fn always_old() -> Checked {
    let example = Example::named("publish");
    many_runs(
        rounds(),
        5,
        || Program::rust(&example),
        |run| {
            for (line, times) in [
                ("Flag first: the flag is set, and the size is (0, 0)", 1),
                ("Release and Acquire: 0 of 100000 sizes were old", 1),
                ("[lazy] measures the size", 1),
                ("] (640, 480), (640, 480)", 2),
            ] {
                let found = run.output.matches(line).count();
                ensure(found == times, || run.output.clone())?;
            }
            Ok(())
        },
    )
}
