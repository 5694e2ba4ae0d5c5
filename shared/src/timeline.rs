//! Records what every thread of a run is doing, for a picture of it.
//!
//! Nothing is recorded unless the environment variable `TIMELINE_LOG` names a file,
//! best by its absolute path: a child may have another working folder.
//! Child processes inherit the variable, so the whole run writes into one file.
//! Each event is appended by one `write`: lines never mix, and what was recorded
//! before a kill is there after it.
//!
//! A line is `KIND TIME PROCESS THREAD SPAN TEXT`, with a tab between two fields:
//!
//! | kind | says that | text |
//! |---|---|---|
//! | `process` | a process has its first event | its command |
//! | `thread` | a thread has its first event, or a new name | its name, if any |
//! | `begin` | a span begins | its name |
//! | `end` | a span ends | `panic`, if a panic ends it |
//! | `wait` | the thread may wait, until its next event | what for |
//! | `exit` | the thread ends | |
//!
//! `TIME` is in nanoseconds since 1970. Threads count from 1 in each process, spans
//! from 1 in each thread; where there is none, a 0 stands.

use std::cell::Cell;
use std::env;
use std::fmt::{Display, Write as _};
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::marker::PhantomData;
use std::path::Path;
use std::process;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Names what the current thread does from here until the returned guard is
/// dropped: `let _span = span("resize");`. (`let _ =` would drop it at once.)
///
/// `name` is formatted only when somebody records, so `span(format_args!("resize
/// {name}"))` costs nothing otherwise.
pub fn span(name: impl Display) -> Span {
    let number = record(|recorder, lane| {
        let number = lane.spans.get() + 1;
        lane.spans.set(number);
        recorder.append("begin", lane.number, number, name);
        number
    });
    Span {
        number,
        not_send: PhantomData,
    }
}

/// Says that the current thread may wait from here on, for `what`, until its next
/// event: a [`span`] that begins or ends, another wait, or the thread's own end.
pub fn waiting(what: impl Display) {
    record(|recorder, lane| recorder.append("wait", lane.number, 0, what));
}

/// Names the current thread in the picture. Without it, a thread has the name that
/// it was started with, or a number.
pub fn lane(name: impl Display) {
    record(|recorder, lane| recorder.append("thread", lane.number, 0, name));
}

/// A guard: the span ends when it is dropped. It cannot leave its thread.
#[must_use = "the span ends when this guard is dropped"]
pub struct Span {
    /// `None` when nobody records.
    number: Option<usize>,
    not_send: PhantomData<*const ()>,
}

impl Drop for Span {
    fn drop(&mut self) {
        let Some(number) = self.number else { return };
        record(|recorder, lane| {
            let how = if thread::panicking() { "panic" } else { "" };
            recorder.append("end", lane.number, number, how);
        });
    }
}

/// Calls `event` if somebody records, unless the thread is ending and its own
/// storage is gone.
fn record<T>(event: impl FnOnce(&Recorder, &Lane) -> T) -> Option<T> {
    let recorder = recorder()?;
    LANE.try_with(|lane| event(recorder, lane)).ok()
}

/// The process's recorder; `None` when nobody wants a record.
fn recorder() -> Option<&'static Recorder> {
    static RECORDER: LazyLock<Option<Recorder>> = LazyLock::new(Recorder::open);
    RECORDER.as_ref()
}

struct Recorder {
    log: File,
    process: u32,
    start: Instant,
    /// The time of `start`, since 1970.
    start_time: Duration,
}

impl Recorder {
    fn open() -> Option<Self> {
        let path = env::var_os("TIMELINE_LOG").filter(|path| !path.is_empty())?;
        let log = OpenOptions::new().append(true).create(true).open(&path);
        let log = log.inspect_err(|error| {
            let path = path.display();
            let _ = writeln!(io::stderr(), "cannot record in {path}: {error}");
        });
        let (start, start_time) = both_clocks();
        let recorder = Self {
            log: log.ok()?,
            process: process::id(),
            start,
            start_time,
        };
        recorder.append("process", 0, 0, command());
        Some(recorder)
    }

    fn append(&self, kind: &str, thread: usize, span: usize, text: impl Display) {
        let text = text.to_string(); // before the clock is read: it may record, too
        let time = (self.start_time + self.start.elapsed()).as_nanos();
        // 64 bits last until the year 2554, and print faster than 128.
        let time = u64::try_from(time).unwrap_or(u64::MAX);
        let process = self.process;
        let mut line = String::with_capacity(64 + text.len());
        let _ = write!(line, "{kind}\t{time}\t{process}\t{thread}\t{span}\t{text}");
        if line.contains(['\n', '\r']) {
            line = line.replace(['\n', '\r'], " ");
        }
        line.push('\n');
        // A full disk must not stop the program that is watched.
        let _ = (&self.log).write_all(line.as_bytes());
    }
}

/// What the recorder knows of a thread.
struct Lane {
    number: usize,
    /// How many spans it has begun.
    spans: Cell<usize>,
}

thread_local! {
    static LANE: Lane = Lane::begin();
}

impl Lane {
    fn begin() -> Self {
        static LANES: AtomicUsize = AtomicUsize::new(0);
        let number = LANES.fetch_add(1, Ordering::Relaxed) + 1;
        if let Some(recorder) = recorder() {
            let thread = thread::current();
            recorder.append("thread", number, 0, thread.name().unwrap_or_default());
        }
        Self {
            number,
            spans: Cell::new(0),
        }
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        if let Some(recorder) = recorder() {
            recorder.append("exit", self.number, 0, "");
        }
    }
}

/// The same moment on the clock that never jumps and on the one that all processes
/// share. They are read one after the other, and the thread may be held up between
/// the two: of several tries the quickest is the most exact.
fn both_clocks() -> (Instant, Duration) {
    let read = |_| {
        let before = Instant::now();
        let time = SystemTime::now();
        let between = before.elapsed();
        let time = time.duration_since(UNIX_EPOCH).unwrap_or_default();
        (between, before + between / 2, time)
    };
    let best = (0..8).map(read).min().expect("there are eight");
    (best.1, best.2)
}

/// The name of the program, and its arguments.
fn command() -> String {
    let mut args = env::args_os();
    let program = args.next().unwrap_or_default();
    let name = Path::new(&program).file_stem().unwrap_or_default();
    let mut command = name.to_string_lossy().into_owned();
    for arg in args {
        let _ = write!(command, " {}", arg.display());
    }
    command
}
