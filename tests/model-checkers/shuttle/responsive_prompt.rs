//! responsive-prompt: no step is done in a pause, and no thread waits forever.

#[path = "../../../examples-threads/responsive-prompt/src/job.rs"]
pub mod job;

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{Builder, scope, yield_now};

use story::{Check, check};

use crate::{ensure, every_schedule};
use job::Job;

fn case(case: &'static str) -> Check {
    check("responsive-prompt", case).names(&["the state"])
}

/// Runs `commands` while a worker does the steps of a job.
fn with_worker(
    steps: impl FnOnce() + Send,
    commands: impl FnOnce() -> Result<(), String>,
) -> Result<(), String> {
    scope(|scope| {
        let worker = Builder::new().name("worker".into());
        worker.spawn_scoped(scope, steps).unwrap();
        commands()
    })
}

#[test]
fn no_step_is_done_in_a_pause() {
    let case = case("a pause in a job of one step");
    let found = every_schedule(case, || {
        let job = Job::default();
        let in_step = AtomicBool::new(false);
        with_worker(
            || {
                job.run(1, || {
                    in_step.store(true, Ordering::Relaxed);
                    yield_now();
                    in_step.store(false, Ordering::Relaxed);
                });
            },
            || {
                job.pause();
                let paused = !in_step.load(Ordering::Relaxed);
                job.resume();
                ensure(paused, || "A step is done in the pause.".into())
            },
        )?;
        let done = job.progress();
        ensure(done == 1, || format!("{done} steps are done."))
    });
    case.holds("no step is done in it, and the job ends", &found);
}

#[test]
fn a_paused_job_can_be_stopped() {
    let case = case("a stop in a pause");
    let found = every_schedule(case, || {
        let job = Job::default();
        with_worker(
            || job.run(1, || ()),
            || {
                job.pause();
                job.stop();
                Ok(())
            },
        )
    });
    case.holds("the job ends", &found);
}

#[test]
fn a_flag_alone_is_no_pause() {
    let case = case("a pause that is only a flag").names(&["the flag", "busy"]);
    let found = every_schedule(case, || {
        let pause = AtomicBool::new(false);
        let in_step = AtomicBool::new(false);
        with_worker(
            || {
                if !pause.load(Ordering::Relaxed) {
                    in_step.store(true, Ordering::Relaxed);
                    in_step.store(false, Ordering::Relaxed);
                }
            },
            || {
                pause.store(true, Ordering::Relaxed);
                let paused = !in_step.load(Ordering::Relaxed);
                ensure(paused, || "A step is done in the pause.".into())
            },
        )
    });
    case.fails("A step is done in the pause.", &found);
}
