//! A job that ends badly costs one result, and its worker is replaced.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use rustix::process::{
    self, Pid, Resource, Rlimit, WaitId, WaitIdOptions, getrlimit, kill_process,
    setrlimit, waitid,
};
use support::process_table::{self, Signal};
use support::rounds;

use super::example::pool::{Options, Pool};
use super::hostile::Hostile::{self, All, Echo, Note, Wait};
use super::hostile::{
    BadDrop, INIT, TIMEOUT, Trial, Unsendable, assert_nothing_left, echoed, echoes,
    is_noted, note, others, pids_after, short, started, times, until,
};

pub const TRIALS: &[Trial] = &[
    ("a panic costs one job, not the worker", panics),
    ("abort, exit, SIGKILL and stack overflow cost one job", ends),
    ("a job that takes too long costs one job", too_long),
    ("in a chunk, only the guilty jobs fail", guilty_in_chunk),
    (
        "in a chunk that takes too long, only the guilty job fails",
        late_in_chunk,
    ),
    ("in a chunk, panics cost no second run", panics_in_chunk),
    (
        "jobs that kill every worker do not start workers for ever",
        killers,
    ),
    (
        "an init that panics or aborts is an error for every job",
        bad_init,
    ),
    ("a worker that dies at its start costs no job", bad_start),
    (
        "no file handles: an error for every job, and then it goes on",
        no_handles,
    ),
    (
        "few file handles: the workers that could start do all",
        few_handles,
    ),
    ("jobs that print harm nothing", printing),
    (
        "a job that reads its input waits until it is killed",
        reading,
    ),
    ("a job that serde refuses costs one job", unsendable),
    (
        "a job that panics when it is dropped costs no worker",
        bad_drop,
    ),
    ("a stopped worker takes too long", stopped),
    ("an idle worker that is killed costs nothing", idle_killed),
    (
        "a program that holds the channel open hangs nobody",
        held_open,
    ),
    (
        "100 000 jobs, and workers are killed all the time",
        many_killed,
    ),
];

fn one_by_one(workers: usize, timeout: Option<Duration>) -> Pool {
    let (workers, chunk) = (Some(workers), Some(1));
    Pool::with(Options {
        workers,
        timeout,
        chunk,
        ..Options::default()
    })
}

fn panics() {
    let pool = Pool::new(1);
    let pid = short(pool.map([Hostile::Pid]));
    let jobs = [
        Hostile::Panic,
        Hostile::PanicWith("42 \u{1F980}".into()),
        Hostile::PanicOther,
        Echo(1),
    ];
    let expected = [
        "panicked: on purpose",
        "panicked: because of 42 \u{1F980}",
        "panicked: ",
        "1",
    ];
    assert_eq!(short(pool.map(jobs.clone())), expected);
    let results = jobs.map(|job| pool.submit(job).wait());
    assert_eq!(short(results), expected);
    assert_eq!(short(pool.map([Hostile::Pid])), pid);
}

/// Jobs that end their worker, and what is said of them.
fn deadly() -> [(Hostile, &'static str); 5] {
    [
        (Hostile::Abort, "died: signal 6"),
        (Hostile::Exit(3), "died: code 3"),
        (Hostile::Exit(0), "died: code 0"),
        (Hostile::Kill, "died: signal 9"),
        (Hostile::StackOverflow, "died: signal 6"),
    ]
}

fn ends() {
    for workers in [1, 3] {
        let before = started().len();
        let pool = one_by_one(workers, None);
        let mut jobs = vec![Echo(0)];
        let mut expected = vec!["0"];
        for (job, words) in deadly() {
            jobs.extend([job, Echo(1)]);
            expected.extend([words, "1"]);
        }
        assert_eq!(short(pool.map(jobs.clone())), expected);
        let mut results: Vec<_> = pool.as_completed(jobs).collect();
        results.sort_by_key(|&(place, _)| place);
        assert_eq!(
            short(results.into_iter().map(|(_, result)| result)),
            expected
        );
        for (job, words) in deadly() {
            assert_eq!(short([pool.submit(job).wait()]), [words]);
        }
        // Nobody was replaced but those who died.
        assert!(started().len() - before <= workers + 3 * deadly().len());
        assert!(others().len() <= workers);
    }
}

fn too_long() {
    let pool = one_by_one(2, Some(TIMEOUT));
    let jobs = [Echo(0), Hostile::Park, Echo(2), Hostile::Spin, Echo(4)];
    assert_eq!(
        short(pool.map(jobs)),
        ["0", "timed out", "2", "timed out", "4"]
    );
    assert_eq!(short([pool.submit(Hostile::Park).wait()]), ["timed out"]);
    assert_eq!(short(pool.map(echoes(50))), echoed(50));
    assert!(started().len() <= 2 + 3, "{} workers", started().len());
}

/// A job that leaves its number as a note before it does anything.
fn noted(number: usize, job: Hostile) -> Hostile {
    All(vec![Note(format!("job {number}")), job])
}

/// Chunks of these sizes are made of 20 jobs for one worker: 5, 5, 5, 2, 1, 1, 1.
fn chunks_of_5(timeout: Option<Duration>) -> Pool {
    let (workers, chunk) = (Some(1), Some(5));
    Pool::with(Options {
        workers,
        timeout,
        chunk,
        ..Options::default()
    })
}

fn guilty_in_chunk() {
    for guilty in [&[0][..], &[2], &[4], &[1, 3], &[0, 1, 2, 3, 4], &[7, 19]] {
        for (deadly, words) in deadly() {
            let _ = fs::remove_file("notes");
            let job = |number| {
                let bad = guilty.contains(&number);
                let echo = Echo(number as u64);
                noted(number, if bad { deadly.clone() } else { echo })
            };
            let pool = chunks_of_5(None);
            let mut expected = echoed(20);
            for &number in guilty {
                expected[number] = words.into();
            }
            assert_eq!(short(pool.map((0..20).map(job))), expected, "{guilty:?}");

            // The jobs that were run again are those up to the first guilty one.
            for number in 0..20 {
                let end = if number < 15 {
                    number / 5 * 5 + 5
                } else {
                    number + 1
                };
                let twice =
                    number < 15 && (number..end).any(|n| guilty.contains(&n));
                let first = (number / 5 * 5..number).any(|n| guilty.contains(&n));
                let runs = times(&format!("job {number}"));
                let expected = if twice && !first { 2 } else { 1 };
                assert_eq!(runs, expected, "of job {number}, guilty: {guilty:?}");
            }
        }
    }
}

fn late_in_chunk() {
    let options = Options {
        workers: Some(1),
        chunk: Some(2),
        timeout: Some(TIMEOUT),
        ..Options::default()
    };
    let mut jobs: Vec<Hostile> = (0..8)
        .map(|number| noted(number, Echo(number as u64)))
        .collect();
    jobs[1] = noted(1, Hostile::Park);
    let mut expected = echoed(8);
    expected[1] = "timed out".into();
    assert_eq!(short(Pool::with(options).map(jobs)), expected);
    let runs = (0..8).map(|number| times(&format!("job {number}")));
    assert!(runs.eq([2, 2, 1, 1, 1, 1, 1, 1]));

    // Ten that together take longer than one may, and far less than ten may.
    let options = Options {
        chunk: Some(10),
        ..options
    };
    let job = |_| noted(9, Hostile::Work(TIMEOUT / 8));
    let results = short(Pool::with(options).map((0..20).map(job)));
    assert_eq!(results, ["done"; 20]);
    assert_eq!(times("job 9"), 20);
}

fn panics_in_chunk() {
    let pool = chunks_of_5(None);
    let job = |n| {
        noted(
            n,
            if n % 2 == 0 {
                Hostile::Panic
            } else {
                Echo(n as u64)
            },
        )
    };
    let results = short(pool.map((0..20).map(job)));
    for (number, result) in results.into_iter().enumerate() {
        let good = number.to_string();
        let expected = if number % 2 == 0 {
            "panicked: on purpose"
        } else {
            &good
        };
        assert_eq!(result, expected);
        assert_eq!(times(&format!("job {number}")), 1);
    }
    assert_eq!(started().len(), 1);
}

fn killers() {
    let pool = Pool::new(2);
    let results = short(pool.map(vec![Hostile::Abort; 60]));
    assert_eq!(results, vec!["died: signal 6"; 60]);
    // One for each job, and one more for each chunk.
    assert!(started().len() <= 2 + 2 * 60, "{} workers", started().len());
    assert_eq!(short(pool.map(echoes(100))), echoed(100));
}

fn bad_init() {
    for (init, words) in [
        ("panic", "lost: a new worker ended with exit status: 101"),
        ("abort", "lost: a new worker ended with signal: 6 (SIGABRT)"),
    ] {
        fs::write(INIT, init).unwrap();
        let before = started().len();
        let pool = Pool::new(2);
        for result in short(pool.map(echoes(40))) {
            assert!(result.starts_with(words), "{result}");
        }
        for result in short([pool.submit(Echo(1)).wait()]) {
            assert!(result.starts_with(words), "{result}");
        }
        // A few for each chunk; there are no more chunks than jobs.
        let workers = started().len() - before;
        assert!(workers <= 2 + 3 * 41, "{workers} workers");
        fs::remove_file(INIT).unwrap();
        assert_eq!(short(pool.map(echoes(40))), echoed(40)); // it goes on
    }
}

fn bad_start() {
    // Before the first job.
    fs::write(INIT, "abort once").unwrap();
    let pool = Pool::new(1);
    assert_eq!(short(pool.map(echoes(100))), echoed(100));
    // Between two, for those who are replaced.
    fs::write(INIT, "abort once").unwrap();
    kill_all();
    assert_eq!(short(pool.map(echoes(100))), echoed(100));
    fs::write(INIT, "abort once").unwrap();
    kill_all();
    assert_eq!(short([pool.submit(Echo(5)).wait()]), ["5"]);
}

/// Kills the workers, and waits until they can be waited for: a process of several
/// threads is a zombie a little earlier than that.
fn kill_all() {
    for worker in others() {
        process_table::signal(worker.pid, Signal::Kill);
        let pid = Pid::from_raw(worker.pid.cast_signed()).unwrap();
        let ended = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
        // An error, if the pool was quicker.
        let _ = waitid(WaitId::Pid(pid), ended);
    }
}

fn no_handles() {
    let pool = one_by_one(1, None);
    assert_eq!(short(pool.map([Echo(1)])), ["1"]);
    kill_all();
    let limit = getrlimit(Resource::Nofile);
    let none = Rlimit {
        current: Some(3),
        ..limit
    };
    setrlimit(Resource::Nofile, none).unwrap();
    let results = short(pool.map(echoes(10)));
    setrlimit(Resource::Nofile, limit).unwrap();
    for result in results {
        assert!(result.starts_with("lost: "), "{result}");
        assert!(result.contains("open files"), "{result}");
    }
    assert_eq!(short(pool.map(echoes(10))), echoed(10));
}

fn few_handles() {
    let limit = getrlimit(Resource::Nofile);
    let open = fs::read_dir("/dev/fd").unwrap().count() as u64 - 1;
    let few = Rlimit {
        current: Some(open + 5),
        ..limit
    };
    setrlimit(Resource::Nofile, few).unwrap();
    let pool = one_by_one(20, None);
    assert_eq!(short(pool.map(echoes(1000))), echoed(1000));
    assert!(started().len() < 20);
}

fn printing() {
    let pool = Pool::new(2);
    let jobs = (0..200).flat_map(|number| [Hostile::Print, Echo(number)]);
    let expected = (0..200).flat_map(|number| ["done".into(), number.to_string()]);
    assert!(short(pool.map(jobs)).into_iter().eq(expected));
}

/// Its standard input is the channel, and nothing comes while it runs.
fn reading() {
    let pool = one_by_one(1, Some(TIMEOUT));
    let jobs = [Hostile::Read, Echo(1)];
    assert_eq!(short(pool.map(jobs)), ["timed out", "1"]);

    let pool = one_by_one(1, None);
    let handle = pool.submit(All(vec![Note("reads".into()), Hostile::Read]));
    until("it reads", || is_noted("reads"));
    let handle = handle.wait_timeout(TIMEOUT).expect_err("it waits");
    drop(pool);
    assert_eq!(short([handle.wait()]), ["lost: the pool was dropped"]);
}

fn unsendable() {
    for pool in [one_by_one(1, None), Pool::new(1)] {
        let mut jobs = echoes(10);
        jobs[2] = Hostile::Unsendable(Unsendable::Error);
        let results = short(pool.map(jobs));
        for (number, result) in results.iter().enumerate() {
            match number {
                2 => {
                    assert!(result.starts_with("lost: cannot be sent"), "{result}");
                }
                _ => assert_eq!(*result, number.to_string()),
            }
        }
        let job = Hostile::Unsendable(Unsendable::Panic);
        let result = short([pool.submit(job.clone()).wait()]);
        assert_eq!(result, ["lost: refused"]);
        let jobs = [Echo(0), job, Echo(2)];
        let mut results: Vec<_> = pool.as_completed(jobs).collect();
        results.sort_by_key(|(place, _)| *place);
        let results = short(results.into_iter().map(|(_, result)| result));
        assert_eq!(results, ["0", "lost: refused", "2"]);
        assert_eq!(short(pool.map(echoes(10))), echoed(10));
    }
}

fn bad_drop() {
    let pool = Pool::new(1);
    let bad = || Hostile::BadDrop(BadDrop::here());
    // The pool drops a job when it has the result, so that is there.
    assert_eq!(
        short(pool.map([Echo(0), bad(), Echo(2)])),
        ["0", "done", "2"]
    );
    until("it was dropped", || is_noted("dropped"));
    assert_eq!(short([pool.submit(bad()).wait()]), ["done"]);
    until("it was dropped, too", || times("dropped") == 2);
    assert_eq!(short(pool.map(echoes(10))), echoed(10));
    assert_eq!(started().len(), 1);
}

fn stopped() {
    let pool = one_by_one(1, Some(TIMEOUT));
    assert_eq!(
        short(pool.map([Hostile::Stop, Echo(1)])),
        ["timed out", "1"]
    );
    // A worker that waits for its job.
    let pid = short(pool.map([Hostile::Pid])).remove(0).parse().unwrap();
    kill_process(Pid::from_raw(pid).unwrap(), process::Signal::STOP).unwrap();
    let long = "x".repeat(1 << 20); // more than the channel holds
    let jobs = [Hostile::Long(long), Echo(1)];
    assert_eq!(short(pool.map(jobs)), ["timed out", "1"]);
    drop(pool);
    // No time-out: the drop of the pool ends it.
    let pool = one_by_one(1, None);
    let handle = pool.submit(All(vec![Note("runs".into()), Hostile::Stop]));
    until("it runs", || is_noted("runs"));
    drop(pool);
    assert_eq!(short([handle.wait()]), ["lost: the pool was dropped"]);
    assert_nothing_left();
}

fn idle_killed() {
    let pool = Pool::new(3);
    until("three workers", || started().len() == 3);
    for _ in 0..5 {
        assert_eq!(short(pool.map(echoes(100))), echoed(100));
        kill_all();
    }
    assert_eq!(short([pool.submit(Echo(1)).wait()]), ["1"]);
    kill_all();
    drop(pool);
    assert_nothing_left();
}

fn held_open() {
    process_table::adopt_orphans();
    let held = |job| All(vec![Hostile::Hold, job]);
    let pool = one_by_one(1, Some(TIMEOUT));
    let jobs = [Hostile::Exit(3), Hostile::Park, Hostile::Kill, Echo(1)].map(held);
    let expected = ["died: code 3", "timed out", "died: signal 9", "1"];
    assert_eq!(short(pool.map(jobs)), expected);
    drop(pool);
    let pool = one_by_one(1, None);
    let jobs = [Hostile::Exit(3), Hostile::Abort, Echo(1)].map(held);
    let expected = ["died: code 3", "died: signal 6", "1"];
    assert_eq!(short(pool.map(jobs)), expected);
    let handle = pool.submit(held(All(vec![Note("runs".into()), Hostile::Park])));
    until("it runs", || is_noted("runs"));
    drop(pool);
    assert_eq!(short([handle.wait()]), ["lost: the pool was dropped"]);

    // Nobody is left but those who hold, and they end when they are told.
    let holders = others();
    assert_eq!(holders.len(), 8);
    assert!(
        holders
            .iter()
            .all(|p| !p.zombie && p.command.contains("--hold"))
    );
    note("release");
    until("they end", || others().iter().all(|holder| holder.zombie));
    for holder in holders {
        process_table::reap(holder.pid);
    }
}

fn many_killed() {
    const JOBS: u32 = 100_000;
    let kills_wanted = 4 * rounds() as usize;
    let pool = Pool::new(4);
    let done = AtomicBool::new(false);
    let kill = || {
        let mut kills = 0;
        while !done.load(Ordering::Relaxed) {
            thread::sleep(Duration::from_millis(20)); // some jobs are done
            // A worker that is killed at its start has another trial.
            let working = pids_after("working ");
            let mut workers = others();
            workers.retain(|p| !p.zombie && working.contains(&p.pid));
            if let Some(worker) = workers.get(kills % workers.len().max(1)) {
                kills += 1;
                process_table::signal(worker.pid, Signal::Kill);
            }
        }
        kills
    };
    let (kills, died) = thread::scope(|scope| {
        let killer = scope.spawn(kill);
        let mut died = 0;
        while started().len() < kills_wanted {
            let results =
                short(pool.map((0..JOBS).map(|n| Hostile::Working(n.into()))));
            assert!(results.len() == JOBS as usize);
            for (number, result) in results.into_iter().enumerate() {
                if result == "died: signal 9" {
                    died += 1;
                } else {
                    assert_eq!(result, number.to_string());
                }
            }
        }
        done.store(true, Ordering::Relaxed);
        (killer.join().unwrap(), died)
    });
    println!("{kills} killed, {died} jobs died");
    assert!(
        died <= kills,
        "{died} jobs died, {kills} workers were killed"
    );
    // Two workers are there. A signal that is still on its way may cost a job, so
    // the note is asked for until it is written.
    let waits = pool.submit(Wait("x".into()));
    while short([pool.submit(Note("x".into())).wait()]) == ["died: signal 9"] {}
    short([waits.wait()]);
    drop(pool);
    assert_nothing_left();
}
