//! What the memory orderings of atomics allow: the very files that the reader runs,
//! under the model checker loom.
//!
//! A processor may let one thread see the writes of another in another order than
//! they were made. `shuttle-checks`, which takes every ordering for `SeqCst`,
//! knows nothing of that. README.md says how to add an example.
//!
//! All code of this package has `std/` for its standard library.
#![allow(
    dead_code,
    clippy::missing_errors_doc,
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    missing_docs,
    reason = "in the examples, these files are parts of programs"
)]

pub mod locked_counter;
pub mod publish;

use std::panic::{AssertUnwindSafe, catch_unwind};

use loom::model;
use story::{Check, Found, panic_text};

/// Runs the case in all its schedules, with every value that a read may see. It
/// returns how the schedule ended, if badly; a panic ends it, and the search, too.
fn every_schedule(
    check: Check,
    case: impl Fn() -> Result<(), String> + Copy + Send + Sync + 'static,
) -> Found {
    let _ = story::found();
    let mut model = model::Builder::new();
    // Whatever the environment says.
    (model.preemption_bound, model.max_permutations) = (None, None);
    model.max_duration = None;
    let run = move || {
        check.begin();
        story::note(case());
    };
    let end = AssertUnwindSafe(|| model.check(run));
    if let Err(panic) = story::quietly(|| catch_unwind(end)) {
        story::note(Err(panic_text(&*panic)));
    }
    story::found()
}
