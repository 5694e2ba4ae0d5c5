use std::panic::{self, AssertUnwindSafe};
use std::sync::mpsc;
use std::thread;

use crate::job::Job;

/// A job whose steps wait for a word each, so that the test decides how far it is.
fn with_job(test: impl FnOnce(&Job, &mpsc::SyncSender<()>)) -> usize {
    let job = Job::default();
    let (sender, words) = mpsc::sync_channel(0);
    thread::scope(|scope| {
        let job = &job;
        let worker = scope.spawn(move || {
            let mut steps = 0;
            job.run(1_000_000, || {
                steps += 1;
                // Without the sender there is nothing to wait for.
                let _ = words.recv();
            });
            steps
        });
        test(job, &sender);
        drop(sender);
        worker.join().unwrap()
    })
}

#[test]
fn a_job_does_all_its_steps() {
    let job = Job::default();
    let mut steps = 0;
    job.run(5, || steps += 1);
    assert_eq!((steps, job.progress()), (5, 5));
    job.pause(); // of a job that has ended: returns at once
}

#[test]
fn no_step_is_done_in_a_pause_and_none_is_lost_by_it() {
    let steps = with_job(|job, step| {
        step.send(()).unwrap();
        step.send(()).unwrap();
        thread::scope(|scope| {
            let pause = scope.spawn(|| job.pause());
            while !pause.is_finished() {
                let _ = step.try_send(()); // the step that is being done ends
            }
        });
        let before = job.progress();
        assert!(before >= 2);
        for _ in 0..1_000 {
            assert!(step.try_send(()).is_err(), "no step waits for a word");
        }
        assert_eq!(job.progress(), before);
        job.resume();
        step.send(()).unwrap();
        job.stop();
    });
    assert!(steps >= 3);
}

#[test]
fn a_job_is_stopped_in_a_pause_and_stays_so() {
    let steps = with_job(|job, step| {
        step.send(()).unwrap();
        job.stop();
        assert!(!job.pause());
        assert!(!job.resume());
    });
    assert!(steps <= 2);

    let job = Job::default();
    job.pause(); // before it begins
    job.stop();
    job.run(5, || panic!("it is stopped"));
    assert_eq!(job.progress(), 0);
}

/// Who waits in `pause` is not forgotten.
#[test]
fn a_panic_ends_a_job() {
    let job = Job::default();
    let run = || job.run(5, || panic!("on purpose"));
    assert!(panic::catch_unwind(AssertUnwindSafe(run)).is_err());
    job.pause();
    assert_eq!(job.progress(), 0);
}
