//! Jobs in, results out.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZero;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tokio::runtime;
use tokio::task::{spawn_blocking, yield_now};

use super::example::pool::{Job, Options, Pool};
use super::hostile::Hostile::{self, All, Echo, Inits, Note, Pid, Wait};
use super::hostile::{
    Nothing, PATIENCE, Trial, assert_nothing_left, echoed, echoes, is_noted, note,
    others, panic_of, short, started, until,
};

/// In this trial, `serve` is not called.
pub const NOT_SERVED: &str = "a program that does not call serve is told";
/// In this one it is called for jobs without content.
pub const NOTHING: &str = "jobs and results without content";

pub const TRIALS: &[Trial] = &[
    ("map: results in the order of the jobs", in_order),
    ("map: no jobs, no results", no_jobs),
    (NOTHING, without_content),
    (
        "as_completed: every place once, as they complete",
        as_completed,
    ),
    ("init runs once a worker, before its jobs", init_once),
    ("a worker is replaced after its last job", limit),
    (
        "one worker for each core, if nothing is said",
        default_workers,
    ),
    ("options of zero, or without end, do no harm", zeros),
    ("submit: wait, and wait not too long", submit_and_wait),
    ("submit: cancel what has not been started", cancel),
    ("submit: a job is done also if nobody waits", nobody_waits),
    ("many pools at once", many_pools),
    ("many threads, one pool", many_threads),
    ("a job with a pool of its own", nested),
    ("under tokio", under_tokio),
    (NOT_SERVED, not_served),
    ("other jobs than those of serve are refused", other_jobs),
];

fn in_order() {
    for (workers, chunk) in [(1, None), (2, Some(1)), (3, Some(7)), (4, None)] {
        let options = Options {
            workers: Some(workers),
            chunk,
            ..Options::default()
        };
        let pool = Pool::with(options);
        assert_eq!(short(pool.map(echoes(5000))), echoed(5000), "{options:?}");
    }
    // The first job ends last.
    let pool = Pool::with(Options {
        workers: Some(2),
        chunk: Some(1),
        ..Options::default()
    });
    let jobs = [
        Wait("go".into()),
        Echo(1),
        Echo(2),
        Note("go".into()),
        Echo(4),
    ];
    assert_eq!(short(pool.map(jobs)), ["done", "1", "2", "done", "4"]);
}

/// The runtime has only this thread, which must not wait for the first job: then
/// there would never be a second, which ends it.
fn under_tokio() {
    let pool = Arc::new(Pool::new(2));
    let wait_for = |job| {
        let pool = Arc::clone(&pool);
        spawn_blocking(move || pool.submit(job).wait())
    };
    let runtime = runtime::Builder::new_current_thread().build().unwrap();
    let results = runtime.block_on(async {
        let first = tokio::spawn(wait_for(Wait("go".into())));
        yield_now().await; // the task waits for its job now
        let second = wait_for(Note("go".into())).await.unwrap();
        [first.await.unwrap().unwrap(), second]
    });
    assert_eq!(short(results), ["done", "done"]);
}

fn no_jobs() {
    let pool = Pool::new(2);
    assert_eq!(pool.map(echoes(0)).count(), 0);
    assert_eq!(pool.as_completed(echoes(0)).count(), 0);
    assert_eq!(short(pool.map(echoes(1))), echoed(1));
}

fn without_content() {
    let pool = Pool::new(2);
    let results: Vec<_> = pool.map([Nothing; 3000]).collect();
    assert_eq!(results.len(), 3000);
    assert!(results.iter().all(Result::is_ok), "{results:?}");
    pool.submit(Nothing).wait().unwrap();
}

fn as_completed() {
    let pool = Pool::new(2);
    let jobs = [Wait("go".into())].into_iter().chain((1..500).map(Echo));
    let mut places = Vec::new();
    for (place, result) in pool.as_completed(jobs) {
        let expected = if place == 0 {
            "done".into()
        } else {
            place.to_string()
        };
        assert_eq!(short([result]), [expected]);
        places.push(place);
        if places.len() == 499 {
            note("go"); // all others are there, before the first job ends
        }
    }
    assert_eq!(places.pop(), Some(0));
    places.sort_unstable();
    assert!(places.into_iter().eq(1..500));
}

fn init_once() {
    let pool = Pool::new(3);
    let inits = short(pool.map(vec![Inits; 500]));
    assert!(inits.iter().all(|inits| inits == "1"), "{inits:?}");
    until("three workers", || started().len() == 3);
    let pids: BTreeSet<u32> = pids(&pool, 500).into_keys().collect();
    let started = started();
    assert!(
        pids.iter().all(|pid| started.contains(pid)),
        "{pids:?} {started:?}"
    );
    drop(pool);
    assert_eq!(started.len(), 3);
}

/// How many of so many jobs each worker does.
fn pids(pool: &Pool, jobs: usize) -> BTreeMap<u32, usize> {
    let mut pids = BTreeMap::new();
    for pid in pool.map(vec![Pid; jobs]) {
        *pids.entry(pid.unwrap().parse().unwrap()).or_default() += 1;
    }
    pids
}

fn limit() {
    for (limit, workers, chunk) in [
        (1, 2, None),
        (7, 2, None),
        (7, 2, Some(1)),
        (7, 1, Some(100)),
    ] {
        let options = Options {
            workers: Some(workers),
            jobs_per_worker: Some(limit),
            chunk,
            ..Options::default()
        };
        let pids = pids(&Pool::with(options), 100);
        let most = pids.values().max();
        assert!(most <= Some(&limit), "{most:?} jobs of {options:?}");
    }
    // But not earlier than need be.
    let options = Options {
        workers: Some(1),
        jobs_per_worker: Some(50),
        chunk: Some(10),
        ..Options::default()
    };
    let pids = pids(&Pool::with(options), 100);
    assert!(pids.values().eq(&[50, 50]), "{pids:?}");
    // A job that panics is a job, too.
    let options = Options {
        workers: Some(1),
        jobs_per_worker: Some(2),
        ..Options::default()
    };
    let before = started().len();
    Pool::with(options)
        .map(vec![Hostile::Panic; 8])
        .for_each(drop);
    assert!(started().len() - before >= 4);
}

fn default_workers() {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let pool = Pool::with(Options::default());
    until("a worker for each core", || started().len() == cores);
    assert_eq!(short(pool.map(echoes(1000))), echoed(1000));
    assert_eq!(others().len(), cores);
    drop(pool);
    assert_eq!(started().len(), cores);
}

fn zeros() {
    let zero = Options {
        workers: Some(0),
        jobs_per_worker: Some(0),
        chunk: Some(0),
        queue: Some(0),
        ..Options::default()
    };
    assert_eq!(short(Pool::with(zero).map(echoes(5))), echoed(5));
    assert!(started().len() <= 1 + 2 * 5, "{} workers", started().len());
    let options = Options {
        timeout: Some(Duration::ZERO),
        ..zero
    };
    for result in short(Pool::with(options).map(echoes(5))) {
        assert!(
            result == "timed out" || result.parse::<u64>().is_ok(),
            "{result}"
        );
    }
    let options = Options {
        timeout: Some(Duration::MAX),
        ..Options::default()
    };
    assert_eq!(short(Pool::with(options).map(echoes(5))), echoed(5));
}

fn submit_and_wait() {
    let pool = Pool::new(1);
    let wait = All(vec![Note("started".into()), Wait("go".into()), Echo(7)]);
    let mut handle = pool.submit(wait);
    let last = pool.submit(Echo(8));
    for _ in 0..3 {
        let too_early = handle.wait_timeout(Duration::from_millis(20));
        handle = too_early.expect_err("the handle is handed back");
    }
    until("started", || is_noted("started"));
    note("go");
    let result = handle.wait_timeout(PATIENCE).ok();
    assert_eq!(short(result), ["7"]);
    assert_eq!(short([last.wait()]), ["8"]);
    let failed = pool.submit(Hostile::Panic).wait_timeout(PATIENCE);
    assert_eq!(short(failed.ok()), ["panicked: on purpose"]);
}

fn cancel() {
    let pool = Pool::new(1);
    let running = pool.submit(All(vec![
        Note("started".into()),
        Wait("go".into()),
        Echo(1),
    ]));
    let queued = pool.submit(Note("cancelled".into()));
    until("started", || is_noted("started"));
    let running = running.cancel().expect_err("it has been started");
    queued.cancel().expect("it has not been started");
    note("go");
    assert_eq!(short([running.wait()]), ["1"]);
    let ended = pool.submit(Note("ended".into()));
    until("ended", || is_noted("ended"));
    assert_eq!(
        short([ended.cancel().expect_err("it has ended").wait()]),
        ["done"]
    );
    drop(pool);
    assert!(!is_noted("cancelled"));
}

fn nobody_waits() {
    let pool = Pool::new(1);
    drop(pool.submit(Note("done".into())));
    drop(pool.submit(Hostile::Abort));
    assert_eq!(short([pool.submit(Echo(1)).wait()]), ["1"]);
    assert!(is_noted("done"));
}

fn many_pools() {
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let pool = Pool::new(2);
                assert_eq!(short(pool.map(echoes(300))), echoed(300));
                assert_eq!(short(pool.map([Hostile::Abort])), ["died: signal 6"]);
                drop(pool);
            });
        }
    });
    assert_nothing_left();
}

fn many_threads() {
    let pool = Pool::new(2);
    thread::scope(|scope| {
        for thread in 0..8 {
            let pool = &pool;
            scope.spawn(move || {
                let first = 1000 * thread;
                let jobs = (first..first + 300).map(Echo);
                let expected = (first..first + 300).map(|n| n.to_string());
                assert!(short(pool.map(jobs)).into_iter().eq(expected));
                assert_eq!(
                    short([pool.submit(Echo(first)).wait()]),
                    [first.to_string()]
                );
                assert_eq!(pool.as_completed(echoes(20)).count(), 20);
            });
        }
    });
    drop(pool);
    assert_nothing_left();
}

/// It works, two deep as well. Each worker that is asked to makes a pool, no other.
fn nested() {
    let pool = Pool::new(1);
    let inner = vec![Echo(1), Hostile::Abort, Echo(2)];
    let result = pool.map([Hostile::Nested(inner.clone())]);
    assert_eq!(short(result), ["1, died: signal 6, 2"]);
    let result = pool.map([Hostile::Nested(vec![Hostile::Nested(inner)])]);
    assert_eq!(short(result), ["1, died: signal 6, 2"]);
    // The inner pools have gone with their jobs.
    assert_eq!(others().len(), 1);
    // At most: the outer worker, three inner pools of two, a worker for the abort
    // in two of them, which may die once before that, in a chunk.
    let most = 1 + 3 * 2 + 2 * 2;
    assert!(started().len() <= most, "{} workers", started().len());
}

fn not_served() {
    let words = panic_of(|| Pool::new(1));
    assert_eq!(words, "`main` has to call `pool::serve` first");
    assert_nothing_left();
}

fn other_jobs() {
    let pool = Pool::new(1);
    for words in [
        panic_of(|| pool.map([Nothing]).count()),
        panic_of(|| drop(pool.submit(Nothing))),
        panic_of(|| pool.as_completed([Nothing]).count()),
    ] {
        assert!(
            words.contains("`pool::serve` was called for another type of jobs"),
            "{words}"
        );
    }
    assert_eq!(short(pool.map(echoes(10))), echoed(10)); // it goes on
    assert_eq!(Echo(3).run(), "3"); // nothing but a method
}
