//! Jobs are taken when they are needed, results come when they are there, and a job
//! that fails comes back.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::{fs, iter, thread};

use super::example::pool::{Cause, JobError, JobResult, Options, Pool};
use super::hostile::Hostile::{self, Echo, Note, PanicWith, Wait};
use super::hostile::{
    INIT, Trial, Unsendable, echoed, is_noted, note, short, started, until,
};

pub const TRIALS: &[Trial] = &[
    ("an endless iterator of jobs", endless),
    ("no more jobs are taken than may be underway", bounded),
    (
        "map takes no more than the queue and what it cuts",
        bounded_chunks,
    ),
    ("map does not run far ahead of a slow job", held_back),
    ("a result comes while later jobs run", while_others_run),
    ("a failed job is given back", given_back),
];

fn one_by_one(workers: usize, queue: usize) -> Pool {
    Pool::with(Options {
        workers: Some(workers),
        chunk: Some(1),
        queue: Some(queue),
        ..Options::default()
    })
}

fn endless() {
    let pool = Pool::new(2);
    let results = pool.map((0..).map(Echo)).take(5000);
    assert_eq!(short(results), echoed(5000));
    let mut numbers = BTreeSet::new();
    for (number, result) in pool.as_completed((0..).map(Echo)).take(100) {
        assert_eq!(short([result]), [number.to_string()]);
        numbers.insert(number);
    }
    assert_eq!(numbers.len(), 100);
    // Those that had been taken, and that nobody wants, are in no one's way.
    assert_eq!(short(pool.map([Echo(7)])), ["7"]);
}

fn bounded() {
    const QUEUE: usize = 4;
    // One worker does the jobs in their order, so that no result is held back.
    let pool = one_by_one(1, QUEUE);
    let taken = Cell::new(0);
    let jobs = |text: &'static str| {
        taken.set(0);
        iter::repeat_with(|| {
            taken.set(taken.get() + 1);
            Wait(text.into())
        })
    };
    // As many as that are taken at once, and then one for each that is returned.
    let results = pool.map(jobs("go"));
    assert_eq!(taken.get(), QUEUE);
    note("go");
    for (returned, _) in results.take(50).enumerate() {
        assert!(taken.get() <= QUEUE + returned, "{taken:?}, {returned}");
    }
    let results = pool.as_completed(jobs("go on"));
    assert_eq!(taken.get(), QUEUE);
    note("go on");
    for (returned, _) in results.take(50).enumerate() {
        assert!(taken.get() <= QUEUE + returned, "{taken:?}, {returned}");
    }
}

fn bounded_chunks() {
    let (workers, chunk, queue) = (1, 10, 100);
    let pool = Pool::with(Options {
        workers: Some(workers),
        chunk: Some(chunk),
        queue: Some(queue),
        ..Options::default()
    });
    let taken = Cell::new(0);
    let jobs = (0..).map(|number| {
        taken.set(taken.get() + 1);
        Echo(number)
    });
    // The last chunk may begin below the bound, and one chunk is in the caller's
    // hand.
    let most = queue + chunk + 2 * workers * chunk + chunk;
    for (returned, result) in pool.map(jobs).take(5000).enumerate() {
        assert_eq!(short([result]), [returned.to_string()]);
        assert!(taken.get() <= most + returned, "{taken:?}, {returned}");
    }
}

/// The first job waits, all others are quick: their results are held back.
fn held_back() {
    const MOST: u64 = 100 * 2; // a hundred times the queue
    let pool = one_by_one(2, 2);
    let taken = AtomicU64::new(0);
    let early = AtomicU64::new(0);
    let quick = (1..).map(|number| {
        if number > MOST && !is_noted("go") {
            early.fetch_add(1, Ordering::Relaxed);
        }
        taken.store(number, Ordering::Relaxed);
        Echo(number)
    });
    let jobs = iter::once(Wait("go".into())).chain(quick);
    thread::scope(|scope| {
        scope.spawn(|| {
            until("many are done", || {
                taken.load(Ordering::Relaxed) >= MOST - 1
            });
            note("go");
        });
        let results = short(pool.map(jobs).take(500));
        assert_eq!(results[0], "done");
        assert_eq!(results[1..], echoed(500)[1..]);
    });
    assert_eq!(early.into_inner(), 0);
}

fn while_others_run() {
    let pool = Pool::new(2);
    let jobs = || [Echo(0), Wait("go".into()), Echo(2)];
    let mut results = pool.map(jobs());
    assert_eq!(short(results.next()), ["0"]);
    assert!(!is_noted("go"));
    note("go");
    assert_eq!(short(results), ["done", "2"]);
    // Also if nobody has asked for a result yet: the work begins with the call.
    let later = pool.map([Note("it runs".into())]);
    until("it runs", || is_noted("it runs"));
    assert_eq!(short(later), ["done"]);
}

/// The cause in words, and the text of the job.
fn failure(result: JobResult<Hostile>) -> (String, Hostile) {
    let JobError { job, cause } = result.expect_err("it fails");
    (cause.to_string(), job)
}

fn given_back() {
    let job = |text: &str| PanicWith(text.to_owned());
    let is = |job: &Hostile, text: &str| matches!(job, PanicWith(t) if t == text);
    let pool = Pool::new(1);
    let results = pool.map(["a", "b", "c"].map(job));
    for (result, text) in results.zip(["a", "b", "c"]) {
        let (cause, job) = failure(result);
        assert_eq!(cause, format!("panicked: because of {text}"));
        assert!(is(&job, text));
    }
    let (_, result) = pool.as_completed([job("d")]).next().unwrap();
    assert!(is(&failure(result).1, "d"));

    // One that took its worker with it, and one that was never sent.
    let (_, job_back) = failure(pool.submit(Hostile::Exit(3)).wait());
    assert!(matches!(job_back, Hostile::Exit(3)));
    let unsendable = Hostile::Unsendable(Unsendable::Error);
    let (cause, job_back) = failure(pool.submit(unsendable).wait());
    assert!(cause.starts_with("cannot be sent"), "{cause}");
    assert!(matches!(job_back, Hostile::Unsendable(_)));

    // And one that still stood in the queue when the pool was dropped.
    let running = pool.submit(Wait("for nothing".into()));
    let queued = pool.submit(job("e"));
    drop(pool);
    assert!(matches!(failure(running.wait()).1, Wait(_)));
    let (cause, job_back) = failure(queued.wait());
    assert_eq!(cause, "the pool was dropped");
    assert!(is(&job_back, "e"));

    // No worker can be started.
    fs::write(INIT, "abort").unwrap();
    let pool = Pool::new(1);
    let error = pool.map([job("f")]).next().unwrap().expect_err("no worker");
    assert!(matches!(error.cause, Cause::Lost(_)), "{error:?}");
    assert!(is(&error.job, "f"));
    assert!(started().len() >= 2);
}
