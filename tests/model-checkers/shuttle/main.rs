//! The sync patterns in every interleaving: the very files that the reader runs,
//! under the model checker shuttle. README.md says how to add one.
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

pub mod actor;
pub mod bank_account;
pub mod barrier;
pub mod bounded_buffer;
pub mod deadlock;
pub mod event;
pub mod gil;
pub mod lock_held_too_long;
pub mod locked_counter;
pub mod lost_update;
pub mod poisoned_lock;
pub mod publish;
pub mod reader_writer;
pub mod responsive_prompt;
pub mod semaphore;
pub mod stop_thread;
pub mod stories;
pub mod tcp_server;
pub mod tests;

use std::cell::RefCell;
use std::panic::{self, AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::OnceLock;

use shuttle::current::{me, set_name_for_task};
use shuttle::scheduler::{DfsScheduler, Schedule, Scheduler, Task, TaskId};
use shuttle::{Config, FailurePersistence, Runner};
use story::{Check, DEADLOCK, Found, panic_text};

/// Runs the case in all its schedules. It returns how the schedule ended, if badly;
/// a panic and a deadlock are bad ends, too.
fn every_schedule(
    check: Check,
    case: impl Fn() -> Result<(), String> + Copy + Send + Sync + 'static,
) -> Found {
    let _ = story::found();
    without_shuttles_words();
    let search = DfsScheduler::new(None, false);
    let search = Search(Rc::new(RefCell::new(search)));
    loop {
        let runner = Runner::new(search.clone(), config());
        let run = move || {
            check.begin();
            set_name_for_task(me(), "main");
            story::note(case());
        };
        let end = AssertUnwindSafe(|| runner.run(run));
        let Err(panic) = story::quietly(|| catch_unwind(end)) else {
            return story::found();
        };
        let text = panic_text(&*panic);
        let deadlock = text.starts_with("deadlock! blocked tasks");
        story::note(Err(if deadlock { DEADLOCK.into() } else { text }));
    }
}

/// shuttle's first run gives the process a panic hook that adds words to every
/// panic, also to that of a check that fails. This is the first run, and puts the
/// hook back that was there before.
fn without_shuttles_words() {
    static FIRST: OnceLock<()> = OnceLock::new();
    FIRST.get_or_init(|| {
        let hook = panic::take_hook();
        Runner::new(DfsScheduler::new(Some(1), false), config()).run(|| ());
        panic::set_hook(hook);
    });
}

fn config() -> Config {
    let mut config = Config::new();
    config.failure_persistence = FailurePersistence::None;
    config.silence_warnings = true; // of orderings: loom-checks knows them
    config
}

/// A search that goes on after a schedule that ended in a panic.
#[derive(Clone)]
struct Search(Rc<RefCell<DfsScheduler>>);

impl Scheduler for Search {
    fn new_execution(&mut self) -> Option<Schedule> {
        self.0.borrow_mut().new_execution()
    }

    fn next_task(
        &mut self,
        runnable: &[&Task],
        current: Option<TaskId>,
        is_yielding: bool,
    ) -> Option<TaskId> {
        self.0
            .borrow_mut()
            .next_task(runnable, current, is_yielding)
    }

    fn next_u64(&mut self) -> u64 {
        self.0.borrow_mut().next_u64()
    }
}

/// Fails a case unless `holds`.
fn ensure(holds: bool, end: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(end()) }
}
