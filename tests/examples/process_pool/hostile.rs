//! Jobs that do what jobs should not do, and what the trials have to look at.

use std::any::Any;
use std::fs::{self, OpenOptions};
use std::hint::black_box;
use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt;
use std::panic::{self, AssertUnwindSafe, catch_unwind};
use std::process::{self, Command};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use std::{env, hint, thread};

use rustix::process::{Signal, getpid, kill_process};
use serde::ser::{Error, Serializer};
use serde::{Deserialize, Serialize};
use support::process_table::{self, Process};

use super::example::pool::{Job, JobError, JobResult, Pool};

/// What a trial is called, and what it does.
pub type Trial = (&'static str, fn());

/// A job.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Hostile {
    /// Returns the number.
    Echo(u64),
    /// Returns the number. The first of a worker leaves the note `working PID`.
    Working(u64),
    /// Returns the process id of its worker.
    Pid,
    /// Returns how often `init` ran in its worker.
    Inits,
    /// Leaves a note.
    Note(String),
    /// Waits for a note.
    Wait(String),
    /// Does all of these jobs, and returns the result of the last.
    All(Vec<Hostile>),
    /// Does these jobs in a pool of its own.
    Nested(Vec<Hostile>),
    /// Panics with a literal.
    Panic,
    /// Panics with a text that was formatted.
    PanicWith(String),
    /// Panics with what is no text.
    PanicOther,
    Abort,
    Exit(i32),
    /// Sends SIGKILL to its worker.
    Kill,
    /// Sends SIGSTOP to its worker.
    Stop,
    StackOverflow,
    /// Takes so long.
    Work(Duration),
    /// Never returns, and needs nothing.
    Park,
    /// Never returns, and needs a core.
    Spin,
    /// Prints to both outputs, with and without an end of line.
    Print,
    /// Reads the standard input.
    Read,
    /// Writes bytes into the channel to the pool.
    Write(Vec<u8>),
    /// Writes the beginning of a frame into the channel, then byte after byte.
    Trickle,
    /// Starts a program that holds the channel open, up to the note `release`.
    Hold,
    /// Returns the length.
    Long(String),
    /// Returns a text of this length.
    Answer(usize),
    /// Cannot be sent.
    Unsendable(Unsendable),
    /// Panics when it is dropped, but not in a worker.
    BadDrop(BadDrop),
}

impl Job for Hostile {
    type Output = String;

    fn init() {
        INITS.fetch_add(1, Ordering::Relaxed);
        note(&format!("init {}", process::id()));
        match fs::read_to_string(INIT).unwrap_or_default().as_str() {
            "panic" => panic!("no worker"),
            "abort" => process::abort(),
            "abort once" if fs::remove_file(INIT).is_ok() => process::abort(),
            "park" => drop(Hostile::Park.run()),
            _ => {}
        }
    }

    fn run(self) -> String {
        match self {
            Hostile::Echo(number) => return number.to_string(),
            Hostile::Working(number) => {
                if JOBS.fetch_add(1, Ordering::Relaxed) == 0 {
                    note(&format!("working {}", process::id()));
                }
                return number.to_string();
            }
            Hostile::Pid => return process::id().to_string(),
            Hostile::Inits => return INITS.load(Ordering::Relaxed).to_string(),
            Hostile::Note(text) => note(&text),
            Hostile::Wait(text) => until(&text, || is_noted(&text)),
            Hostile::All(jobs) => {
                return jobs.into_iter().fold(String::new(), |_, job| job.run());
            }
            Hostile::Nested(jobs) => {
                return short(Pool::new(2).map(jobs)).join(", ");
            }
            Hostile::Panic => panic!("on purpose"),
            Hostile::PanicWith(text) => panic!("because of {text}"),
            Hostile::PanicOther => panic::panic_any(42),
            Hostile::Abort => process::abort(),
            Hostile::Exit(code) => process::exit(code),
            Hostile::Kill => signal_to_itself(Signal::KILL),
            Hostile::Stop => signal_to_itself(Signal::STOP),
            Hostile::StackOverflow => return deeper(0).to_string(),
            Hostile::Work(duration) => thread::sleep(duration),
            Hostile::Park => loop {
                thread::park();
            },
            Hostile::Spin => loop {
                hint::spin_loop();
            },
            Hostile::Print => {
                println!("a line");
                print!("no line");
                eprintln!("a line");
                eprint!("no line");
            }
            Hostile::Read => {
                let read = io::stdin().read(&mut [0]);
                return format!("{read:?}");
            }
            Hostile::Write(bytes) => channel().write_all(&bytes).unwrap(),
            Hostile::Trickle => {
                let mut channel = channel();
                channel.write_all(&[0, 0, 0, 1]).unwrap();
                loop {
                    channel.write_all(&[0]).unwrap();
                    thread::sleep(Duration::from_millis(1));
                }
            }
            Hostile::Hold => start_holder(),
            Hostile::Long(text) => return text.len().to_string(),
            Hostile::Answer(length) => return "x".repeat(length),
            Hostile::Unsendable(_) | Hostile::BadDrop(_) => {}
        }
        "done".into()
    }
}

/// How `init` behaves: the name of a file with `panic`, `abort`, `abort once` (one
/// worker only) or `park` in it.
pub const INIT: &str = "init";

static INITS: AtomicUsize = AtomicUsize::new(0);
static JOBS: AtomicUsize = AtomicUsize::new(0);

fn signal_to_itself(signal: Signal) {
    kill_process(getpid(), signal).unwrap();
}

fn deeper(depth: u64) -> u64 {
    let here = black_box([depth; 1000]);
    if black_box(true) {
        deeper(depth + 1) + here[999]
    } else {
        depth
    }
}

/// The worker's end of the channel is its standard input.
fn channel() -> UnixStream {
    io::stdin().as_fd().try_clone_to_owned().unwrap().into()
}

/// The first argument of a program that a job has started.
pub const HOLD: &str = "--hold";

#[expect(clippy::zombie_processes, reason = "it outlives the worker")]
fn start_holder() {
    // It inherits the standard input, as programs do.
    Command::new(env::current_exe().unwrap())
        .arg(HOLD)
        .spawn()
        .unwrap();
}

pub fn hold() -> ! {
    until("release", || is_noted("release"));
    process::exit(0);
}

/// A value that serde refuses.
#[derive(Clone, Copy, Debug, Deserialize)]
pub enum Unsendable {
    Error,
    Panic,
}

impl Serialize for Unsendable {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        match self {
            Unsendable::Error => Err(S::Error::custom("refused")),
            Unsendable::Panic => panic!("refused"),
        }
    }
}

/// A value that panics when it is dropped by a thread of the pool in the process
/// with this id.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BadDrop(u32);

impl BadDrop {
    pub fn here() -> BadDrop {
        BadDrop(process::id())
    }
}

impl Drop for BadDrop {
    fn drop(&mut self) {
        if self.0 == process::id() && thread::current().name() != Some("main") {
            note("dropped");
            panic!("a bad drop");
        }
    }
}

/// A job without content and without a result: neither takes a byte.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub struct Nothing;

impl Job for Nothing {
    type Output = ();

    fn run(self) {}
}

/// The jobs `Echo(0)`, `Echo(1)` and so on.
pub fn echoes(count: u64) -> Vec<Hostile> {
    (0..count).map(Hostile::Echo).collect()
}

/// What `echoes` return.
pub fn echoed(count: u64) -> Vec<String> {
    (0..count).map(|number| number.to_string()).collect()
}

/// Results as texts that can be compared.
pub fn short(results: impl IntoIterator<Item = JobResult<String>>) -> Vec<String> {
    let text = |result| match result {
        Ok(value) => value,
        Err(JobError::Panicked(message)) => format!("panicked: {message}"),
        Err(JobError::Died(status)) => match (status.code(), status.signal()) {
            (Some(code), None) => format!("died: code {code}"),
            (None, Some(signal)) => format!("died: signal {signal}"),
            _ => format!("died: {status}"),
        },
        Err(JobError::TimedOut) => "timed out".into(),
        Err(JobError::Lost(error)) => format!("lost: {error}"),
    };
    results.into_iter().map(text).collect()
}

/// Leaves a note in the folder of the trial, for all of its processes.
pub fn note(text: &str) {
    let file = OpenOptions::new().append(true).create(true).open("notes");
    file.unwrap()
        .write_all(format!("{text}\n").as_bytes())
        .unwrap();
}

/// All notes of the trial.
pub fn notes() -> Vec<String> {
    let notes = fs::read_to_string("notes").unwrap_or_default();
    notes.lines().map(Into::into).collect()
}

pub fn is_noted(text: &str) -> bool {
    notes().iter().any(|note| note == text)
}

/// How often this was noted.
pub fn times(text: &str) -> usize {
    notes().iter().filter(|note| *note == text).count()
}

/// The process ids of all workers that were ever started.
pub fn started() -> Vec<u32> {
    pids_after("init ")
}

/// The numbers in the notes that begin like this.
pub fn pids_after(words: &str) -> Vec<u32> {
    let notes = notes();
    let numbers = notes.iter().filter_map(|note| note.strip_prefix(words));
    numbers.map(|number| number.parse().unwrap()).collect()
}

/// The limit of a good job, which takes a hundredth of it, also on a busy machine.
pub const TIMEOUT: Duration = Duration::from_secs(5);

/// Far longer than anything takes, also on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(300);

/// Waits until `is_so`, and panics when that takes far too long.
pub fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < PATIENCE, "in vain: {what}");
        thread::sleep(Duration::from_millis(2));
    }
}

/// All other processes of this trial, and those that have ended and were not waited
/// for.
pub fn others() -> Vec<Process> {
    let mark = format!("TESTS_RUN={}", env::var("TESTS_RUN").unwrap());
    let mut all = process_table::processes(process::id(), &mark);
    // Where there is no /proc, `ps` is asked, and lists itself.
    all.retain(|p| p.pid != process::id() && !p.command.starts_with("ps -A"));
    all
}

pub fn assert_nothing_left() {
    let left = others();
    assert!(left.is_empty(), "left behind: {left:#?}");
}

/// What `action` panics with.
pub fn panic_of<T>(action: impl FnOnce() -> T) -> String {
    let panic: Box<dyn Any + Send> = catch_unwind(AssertUnwindSafe(action))
        .err()
        .expect("a panic");
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    text.or_else(|| panic.downcast_ref().cloned())
        .expect("a text")
}
