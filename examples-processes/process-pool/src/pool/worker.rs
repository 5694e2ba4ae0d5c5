//! A worker process: seen from its supervisor, and from inside.

use std::cell::Cell;
use std::ffi::OsStr;
use std::io::{self, BufReader, ErrorKind, Read, Write};
use std::panic::{self, AssertUnwindSafe, catch_unwind};
use std::process::{self, Child, Command, ExitStatus};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use std::{env, thread};

use serde::de::DeserializeOwned;

use super::channel::{self, Channel, TICK, frame, receive, send, unreadable};
use super::supervisor::{Answers, panic_message};
use super::{Job, Options};

/// The first argument of a worker. The second is the process id of its parent, and
/// then come the options.
const ROLE: &str = "--pool-worker";
const SHOW_PANICS: &str = "--show-panics";
const CORE_FILES: &str = "--core-files";

/// What a worker sends when it is ready: a frame with nothing in it.
const READY: () = ();

/// A worker, seen from its supervisor.
pub struct Worker {
    /// Kept from answer to answer, because a new buffer would be filled with zeros.
    reader: BufReader<Link>,
    /// When it last answered.
    last_seen: Instant,
}

/// The channel to a worker, on which the supervisor never waits for a dead worker.
struct Link {
    child: Child,
    channel: Channel,
    stop: Arc<AtomicBool>,
    deadline: Option<Instant>,
}

impl Worker {
    /// Starts a worker and waits until it is ready, unless `stop` is set.
    pub fn start(options: &Options, stop: &Arc<AtomicBool>) -> io::Result<Worker> {
        if stop.load(Ordering::Relaxed) {
            return Err(pool_dropped());
        }
        let mut program = env::current_exe()?;
        if !program.exists() {
            // A new version was installed. On Linux, this is the one that runs.
            program = "/proc/self/exe".into();
        }
        let mut command = Command::new(program);
        command.arg(ROLE).arg(process::id().to_string());
        if options.show_panics {
            command.arg(SHOW_PANICS);
        }
        if options.core_files {
            command.arg(CORE_FILES);
        }
        let (child, channel) = channel::start(command)?;
        let link = Link {
            child,
            channel,
            stop: stop.clone(),
            deadline: None,
        };
        let mut worker = Worker {
            reader: BufReader::new(link),
            last_seen: Instant::now(),
        };
        if receive::<()>(&mut worker.reader).is_err() {
            let status = worker.end()?;
            let why = format!("a new worker ended with {status}");
            return Err(io::Error::other(why));
        }
        Ok(worker)
    }

    /// Sends a frame. The answer has to be there after `timeout`.
    pub fn send(
        &mut self,
        frame: &[u8],
        timeout: Option<Duration>,
    ) -> io::Result<()> {
        let link = self.reader.get_mut();
        link.deadline = timeout.and_then(|time| Instant::now().checked_add(time));
        send(link, frame)
    }

    /// Waits for the answer to a frame.
    pub fn receive<A: DeserializeOwned>(&mut self) -> io::Result<A> {
        let answer: Result<A, String> = receive(&mut self.reader)?;
        if !self.reader.buffer().is_empty() {
            return Err(unreadable("there are bytes after the end"));
        }
        self.last_seen = Instant::now();
        answer.map_err(|why| io::Error::new(ErrorKind::InvalidData, why))
    }

    /// Whether it is alive, as far as is known: asking the system takes as long as
    /// a small job, so a worker that has just answered is not checked.
    pub fn seems_alive(&mut self) -> bool {
        self.last_seen.elapsed() < Duration::from_millis(1)
            || self.reader.get_mut().is_alive()
    }

    /// Kills it, unless it has ended by itself, and returns how it ended.
    pub fn end(&mut self) -> io::Result<ExitStatus> {
        // This fails if other code has waited for the child. Its id may then belong
        // to another process, which must not be killed.
        let child = &mut self.reader.get_mut().child;
        child.try_wait()?;
        child.kill()?;
        child.wait()
    }
}

impl Link {
    /// Whether the worker has not ended.
    fn is_alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Repeats `act` until it makes progress. Before each try, checks whether the
    /// pool was dropped or the deadline has passed, and after it, whether the
    /// worker is dead. A try takes a [`TICK`] at most.
    fn retry<T>(
        &mut self,
        mut act: impl FnMut(&mut Channel) -> io::Result<T>,
    ) -> io::Result<T> {
        let mut is_dead = false;
        loop {
            if self.stop.load(Ordering::Relaxed) {
                return Err(pool_dropped());
            }
            if self.deadline.is_some_and(|time| time <= Instant::now()) {
                return Err(ErrorKind::TimedOut.into());
            }
            match act(&mut self.channel) {
                Err(error)
                    if matches!(
                        error.kind(),
                        ErrorKind::WouldBlock | ErrorKind::Interrupted
                    ) => {}
                done => return done,
            }
            // The end of the file may never come, because a program that a job has
            // started may hold the channel open. When the worker is dead, one more
            // try reads what it sent before.
            if is_dead {
                return Err(ErrorKind::UnexpectedEof.into());
            }
            is_dead = !self.is_alive();
        }
    }
}

impl Read for Link {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.retry(|channel| channel.read(buffer))
    }
}

impl Write for Link {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.retry(|channel| channel.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        channel::close(&mut self.reader.get_mut().channel);
        let _ = self.end();
    }
}

fn pool_dropped() -> io::Error {
    io::Error::new(ErrorKind::ConnectionAborted, "the pool was dropped")
}

/// Whether this process is a worker.
pub fn is_this_process() -> bool {
    env::args_os().nth(1).as_deref() == Some(OsStr::new(ROLE))
}

/// In a worker: does jobs until the pool is gone.
pub fn serve<J: Job>() -> ! {
    let mut args = env::args().skip(2);
    let parent = args.next().and_then(|id| id.parse().ok());
    let options: Vec<String> = args.collect();
    let is_set = |option: &str| options.iter().any(|given| given == option);

    end_with(parent.unwrap_or(0)); // no process is the child of process 0
    if !is_set(CORE_FILES) {
        channel::leave_no_core_file();
    }
    if !is_set(SHOW_PANICS) {
        hide_panics_of_jobs();
    }
    J::init();

    let channel = channel::to_parent().expect("the standard input is the channel");
    let mut reader = BufReader::new(channel);
    let mut done = frame(&READY).and_then(|ready| send(reader.get_mut(), &ready));
    while done.is_ok() {
        done = receive(&mut reader).and_then(|jobs| {
            // All outputs are dropped before they are sent. If one of them crashes
            // while it is dropped, then its job has failed.
            let answers = frame(&Ok::<_, String>(run_all::<J>(jobs)))?;
            send(reader.get_mut(), &answers)
        });
    }
    // If the pool is still there, tell it why this worker ends.
    let why = done.map_err(|error| error.to_string());
    let _ = frame(&why).map(|frame| send(reader.get_mut(), &frame));
    process::exit(0);
}

fn run_all<J: Job>(jobs: Vec<J>) -> Answers<J> {
    IN_JOB.set(true);
    let answers = jobs
        .into_iter()
        .map(|job| {
            catch_unwind(AssertUnwindSafe(|| job.run()))
                .map_err(|panic| panic_message(&*panic))
        })
        .collect();
    IN_JOB.set(false);
    answers
}

/// Ends this process when its parent is gone, even while a job is running.
fn end_with(parent: u32) {
    let watch = move || {
        while channel::is_child_of(parent) {
            thread::sleep(TICK);
        }
        process::exit(1);
    };
    if let Err(error) = thread::Builder::new().spawn(watch) {
        // One write, because other workers may print at the same time.
        let line = format!("a worker cannot start a thread: {error}\n");
        eprint!("{line}");
        process::exit(1);
    }
}

thread_local! {
    /// Whether a panic of this thread is reported to the caller.
    static IN_JOB: Cell<bool> = const { Cell::new(false) };
}

/// A panic of a job is not printed, because the caller gets its message. All others
/// are: those of `init`, and of threads that a job has started.
fn hide_panics_of_jobs() {
    let earlier_hook = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if !IN_JOB.get() {
            earlier_hook(info);
        }
    }));
}
