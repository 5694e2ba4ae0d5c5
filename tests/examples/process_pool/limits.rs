//! What workers leave behind when they crash, and what happens where the system
//! cannot start as many threads as were asked for.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;

use rustix::process::{
    Pid, Resource, Rlimit, Signal, WaitId, WaitIdOptions, getrlimit, kill_process,
    setrlimit, waitid,
};
use support::{Checked, Program, ensure};

use super::example::pool::{Options, Pool};
use super::hostile::Hostile::{self, Echo};
use super::hostile::{Trial, echoed, echoes, short, started};

pub const TRIALS: &[Trial] = &[
    ("no core file, unless it is asked for", core_files),
    #[cfg(target_os = "linux")]
    ("few threads: fewer workers do all", few_threads),
    #[cfg(target_os = "linux")]
    ("no threads: the caller supervises a worker", no_threads),
    (
        "a worker that is killed right after its answer costs no job",
        just_seen,
    ),
];

/// Its jobs panic, and it prints nothing.
pub const QUIET: Trial = ("panics of jobs are not printed", || {
    panics(&Options::default());
});

/// Its jobs panic, and it prints so.
pub const LOUD: Trial = ("panics of jobs are printed if that is asked for", || {
    panics(&Options {
        show_panics: true,
        ..Options::default()
    });
});

/// Another program takes the place of its file.
pub const REPLACED: Trial = ("the program's file is replaced", replaced);

fn panics(options: &Options) {
    let results = Pool::with(*options).map([Hostile::Panic, Echo(1)]).count();
    assert_eq!(results, 2);
}

pub fn says_nothing(output: &str) -> Checked {
    ensure(output.is_empty(), || output.to_owned())
}

pub fn says_why(output: &str) -> Checked {
    let why = output.contains("panicked at") && output.contains("on purpose");
    ensure(why, || output.to_owned())
}

fn core_files() {
    let limit = getrlimit(Resource::Core);
    let all = Rlimit {
        current: limit.maximum,
        ..limit
    };
    setrlimit(Resource::Core, all).unwrap();
    for core_files in [false, true] {
        let pool = Pool::with(Options {
            core_files,
            ..Options::default()
        });
        // A byte is no core file, and is more than some have.
        let expected = match limit.maximum {
            most if core_files => most,
            Some(0) => Some(0),
            _ => Some(1),
        };
        let limit = short(pool.map([Hostile::CoreLimit]));
        assert_eq!(limit, [format!("{expected:?}")], "{core_files}");
    }
    assert_eq!(getrlimit(Resource::Core), all, "only workers are limited");
}

/// Leaves room for this many more bytes in the memory of this process. Its workers
/// may be as large.
#[cfg(target_os = "linux")]
fn leave_room(bytes: u64) {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let (_, size) = status.split_once("VmSize:").unwrap();
    let (kibibytes, _) = size.split_once("kB").unwrap();
    let used = kibibytes.trim().parse::<u64>().unwrap() << 10;
    let limit = getrlimit(Resource::As);
    let little = Rlimit {
        current: Some(used + bytes),
        ..limit
    };
    setrlimit(Resource::As, little).unwrap();
}

/// A supervisor reserves 32 MiB for its stack.
#[cfg(target_os = "linux")]
fn few_threads() {
    leave_room(120 << 20);
    let pool = Pool::new(50);
    assert_eq!(short(pool.map(echoes(1000))), echoed(1000));
    assert_eq!(
        short([pool.submit(Hostile::Abort).wait()]),
        ["died: signal 6"]
    );
    let started = started().len();
    assert!((2..=5).contains(&started), "{started} workers");
}

#[cfg(target_os = "linux")]
fn no_threads() {
    leave_room(25 << 20);
    let pool = Pool::new(50);
    assert_eq!(started().len(), 0);
    assert_eq!(short(pool.map(echoes(1000))), echoed(1000));
    assert_eq!(
        short([pool.submit(Hostile::Abort).wait()]),
        ["died: signal 6"]
    );
    assert_eq!(pool.as_completed(echoes(100)).count(), 100);
    let started = started().len();
    assert!((1..=3).contains(&started), "{started} workers");
}

/// Kills a worker, and waits until it has ended.
fn kill(pid: &str) {
    let pid = Pid::from_raw(pid.parse().unwrap()).unwrap();
    kill_process(pid, Signal::KILL).unwrap();
    let ended = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
    waitid(WaitId::Pid(pid), ended).unwrap();
}

/// The pool takes a worker that has just answered for one that is alive.
fn just_seen() {
    let pool = Pool::new(1);
    for _ in 0..200 {
        let pid = short([pool.submit(Hostile::Pid).wait()]).remove(0);
        kill(&pid);
        assert_eq!(short([pool.submit(Echo(1)).wait()]), ["1"]);
    }
}

/// What stands in the place of the program.
const OTHER: &[u8] = b"#!/bin/sh\necho another program\nexit 9\n";

fn replaced() {
    let mine = std::env::current_exe().unwrap();
    let pool = Pool::new(1);
    let pid = short(pool.map([Hostile::Pid])).remove(0);
    // As an installer does it: the new file is complete when it gets the name.
    let new = mine.with_extension("new");
    fs::File::create(&new).unwrap().write_all(OTHER).unwrap();
    fs::set_permissions(&new, fs::Permissions::from_mode(0o755)).unwrap();
    fs::rename(&new, &mine).unwrap();
    kill(&pid);
    assert_eq!(short(pool.map([Hostile::Abort])), ["died: signal 6"]);
    assert_eq!(short(Pool::new(2).map(echoes(10))), echoed(10));
}

/// Runs the trial as a program that may be replaced.
pub fn run_replaced(program: &Program, name: &str) -> Checked {
    let copy = program.work().join("program");
    fs::copy(std::env::current_exe()?, &copy)?;
    let run = Program::new(&copy).env("TRIAL", name).run()?;
    ensure(run.status.success(), || {
        format!("{}:\n{}", run.status, run.output)
    })?;
    ensure(fs::read(&copy)? == OTHER, || {
        io::Error::other("it was not replaced").to_string()
    })?;
    Ok(run.nothing_left()?)
}
