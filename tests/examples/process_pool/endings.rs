//! When the pool ends, its workers end, and are waited for, whatever they do and
//! however it ends.

use std::sync::{Arc, mpsc};
use std::{fs, iter, process, thread};

use support::{Checked, Program, ensure};

use super::example::pool::{Handle, Options, Pool, TICK};
use super::hostile::Hostile::{self, All, Echo, Note, Park, Wait};
use super::hostile::{
    INIT, Trial, assert_nothing_left, echoed, echoes, is_noted, note, panic_of,
    short, started, times, until,
};

pub const TRIALS: &[Trial] = &[
    ("drop: idle workers", drop_idle),
    ("drop: workers that start", drop_starting),
    ("drop: busy workers, and jobs in the queue", drop_busy),
    ("drop: many short jobs in the queue", drop_many),
    ("drop: another thread maps", drop_shared),
    ("as_completed dropped midway", as_completed_dropped),
    ("an iterator of jobs that panics", jobs_panic),
    ("a consumer of results that panics", consumer_panics),
];

/// These programs make a pool, and leave the note `ready`. Then they are killed.
pub const ORPHANS: &[Trial] = &[
    ("parent killed: idle workers end", || wait_in(&Pool::new(2))),
    ("parent killed: workers that start end", orphans_that_start),
    ("parent killed: workers that wait end", || {
        busy_orphans(&Hostile::Park);
    }),
    ("parent killed: workers that compute end", || {
        busy_orphans(&Hostile::Spin);
    }),
    ("parent killed: workers of workers end", nested_orphans),
];

/// This one ends by itself.
pub const EXITS: Trial =
    ("main exits while another thread maps: workers end", exits);

fn drop_idle() {
    for workers in [1, 5] {
        let pool = Pool::new(workers);
        assert_eq!(short(pool.map(echoes(10))), echoed(10));
        drop(pool);
        assert_nothing_left();
        drop(Pool::new(workers)); // which may have started nobody yet
        assert_nothing_left();
    }
}

fn drop_starting() {
    fs::write(INIT, "park").unwrap();
    let pool = Pool::new(2);
    let handle = pool.submit(Echo(1));
    until("they start", || started().len() == 2);
    drop(pool);
    assert_nothing_left();
    assert!(short([handle.wait()])[0].starts_with("lost: "));
}

/// A job that leaves the note `busy` and does not end.
fn busy(job: Hostile) -> Hostile {
    All(vec![Note("busy".into()), job])
}

fn drop_busy() {
    let pool = Pool::new(2);
    let jobs = [
        busy(Park),
        busy(Hostile::Spin),
        Note("late".into()),
        Echo(1),
    ];
    let handles = jobs.map(|job| pool.submit(job));
    until("both are busy", || times("busy") == 2);
    drop(pool);
    assert_nothing_left();
    let results = short(handles.map(Handle::wait));
    assert_eq!(results, ["lost: the pool was dropped"; 4]);
    assert!(!is_noted("late"));
}

/// No job takes long enough for the pool to look up while it waits.
fn drop_many() {
    const JOBS: usize = 300;
    let pool = Pool::new(1);
    let job = All(vec![Note("short".into()), Hostile::Work(TICK / 10)]);
    let handles: Vec<_> = (0..JOBS).map(|_| pool.submit(job.clone())).collect();
    until("it begins", || is_noted("short"));
    drop(pool);
    let done = times("short");
    assert!(done < JOBS, "all were done before the end");
    let results = short(handles.into_iter().map(Handle::wait));
    let lost = results
        .iter()
        .filter(|r| *r == "lost: the pool was dropped")
        .count();
    let well = results.iter().filter(|r| *r == "done").count();
    assert_eq!(lost + well, JOBS);
    assert!(
        (well..=well + 1).contains(&done),
        "{done} done, {well} results"
    );
    assert_nothing_left();
}

/// A map borrows the pool. So it can only be dropped meanwhile if several own it,
/// and then the last of them drops it.
fn drop_shared() {
    let pool = Arc::new(Pool::new(2));
    let theirs = pool.clone();
    let other = thread::spawn(move || {
        let wait = All(vec![Note("busy".into()), Wait("go".into()), Echo(0)]);
        short(theirs.map(iter::once(wait).chain((1..100).map(Echo))))
    });
    until("it is busy", || is_noted("busy"));
    drop(pool);
    note("go");
    assert_eq!(other.join().unwrap(), echoed(100));
    assert_nothing_left();
}

fn as_completed_dropped() {
    let pool = Pool::new(1);
    let jobs = (0..1000).map(|_| All(vec![Note("run".into()), Wait("go".into())]));
    let mut results = pool.as_completed(iter::once(Echo(0)).chain(jobs));
    assert_eq!(short(results.next().map(|(_, result)| result)), ["0"]);
    until("the next has started", || is_noted("run"));
    drop(results);
    note("go");
    // The pool goes on, and none of the jobs that stood before this one is done.
    assert_eq!(short(pool.map(echoes(10))), echoed(10));
    assert_eq!(times("run"), 1);
    // And also right before the pool.
    let mut results = pool.as_completed([Echo(1), busy(Park), busy(Park)]);
    assert_eq!(short(results.next().map(|(_, result)| result)), ["1"]);
    drop(results);
    drop(pool);
    assert_nothing_left();
}

fn jobs_panic() {
    let pool = Pool::new(2);
    let jobs = || {
        let job = |number| match number {
            500 => panic!("no more jobs"),
            _ => Note("run".into()),
        };
        (0..1000).map(job)
    };
    assert_eq!(panic_of(|| pool.map(jobs())), "no more jobs");
    assert_eq!(short(pool.map(echoes(10))), echoed(10));
    assert_eq!(times("run"), 0);
    assert_eq!(
        panic_of(|| pool.as_completed(jobs()).count()),
        "no more jobs"
    );
    assert_eq!(short(pool.map(echoes(10))), echoed(10));
    drop(pool);
    assert_nothing_left();
}

fn consumer_panics() {
    let consume = || {
        let pool = Pool::new(2);
        let jobs = [Echo(0), busy(Park), busy(Hostile::Spin), busy(Park)];
        for (place, result) in pool.as_completed(jobs) {
            until("both are busy", || times("busy") == 2);
            assert!(place > 0, "unexpected: {}", short([result])[0]);
        }
    };
    assert_eq!(panic_of(consume), "unexpected: 0");
    assert_nothing_left();
    assert_eq!(times("busy"), 2);
}

/// Waits for its end.
fn wait_in(pool: &Pool) -> ! {
    pool.map(echoes(10));
    until("two workers", || started().len() == 2);
    note("ready");
    loop {
        thread::park();
    }
}

fn orphans_that_start() {
    fs::write(INIT, "park").unwrap();
    let pool = Pool::new(2);
    until("two workers", || started().len() == 2);
    note("ready");
    pool.map(echoes(10));
}

fn busy_orphans(job: &Hostile) {
    let pool = Pool::new(2);
    let handles = [(); 3].map(|()| pool.submit(busy(job.clone())));
    until("both are busy", || times("busy") == 2);
    note("ready");
    drop(handles.map(Handle::wait));
}

fn nested_orphans() {
    let pool = Pool::new(2);
    let inner = vec![busy(Hostile::Spin), busy(Park)];
    let handles = [(); 2].map(|()| pool.submit(Hostile::Nested(inner.clone())));
    until("all are busy", || times("busy") == 4);
    note("ready");
    drop(handles.map(Handle::wait));
}

fn exits() {
    let (sender, never) = mpsc::channel();
    thread::spawn(move || {
        let options = Options {
            workers: Some(2),
            chunk: Some(1),
            ..Options::default()
        };
        sender.send(Pool::with(options).map(vec![busy(Hostile::Spin); 10]))
    });
    until("both are busy", || times("busy") == 2);
    drop(never);
    process::exit(0);
}

/// Starts the program, kills it when it is ready, and waits until its workers end.
pub fn orphans_end(program: &dyn Fn() -> Program) -> Checked {
    let ready = program();
    let notes = ready.work().join("notes");
    let mut run = ready.start();
    let is_ready = || fs::read_to_string(&notes).is_ok_and(|n| n.contains("ready"));
    ensure(run.until(is_ready), || "it is never ready".into())?;
    let processes = run.processes();
    ensure(processes.len() >= 3, || {
        format!("no workers: {processes:?}")
    })?;
    run.kill(run.pid());
    run.finish()?.others_end()?;

    // As early as can be.
    let mut run = program().start();
    let worker = run.child(|command| command.contains("--pool-worker"));
    ensure(worker.is_some(), || "no worker".into())?;
    run.kill(run.pid());
    Ok(run.finish()?.others_end()?)
}
