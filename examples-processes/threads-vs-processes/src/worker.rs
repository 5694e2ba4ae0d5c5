//! What the child processes of the measurements do. Each ends when its standard
//! input does, so none outlives its parent.

use std::io::{self, ErrorKind, Read, Write};
use std::path::Path;
use std::process;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::mpsc;
use std::{panic, thread};

use crate::channel::{hear, tell};
use crate::shared_memory::Shared;

/// Comes before the name of the role.
pub const ROLE: &str = "--worker";

/// How many tasks there are when one of them crashes.
pub const TASKS: usize = 8;

/// Does what the arguments say. `None` if they make no sense.
pub fn run(args: &[&str]) -> Option<io::Result<()>> {
    let (input, mut output) = (io::stdin().lock(), io::stdout().lock());
    let ended = match *args {
        ["nothing"] => Ok(()),
        ["idle"] => idle(input, output),
        ["echo"] => echo(input, output),
        ["receive", size] => receive(input, output, size.parse().ok()?),
        ["add", path] => add(input, output, Path::new(path)),
        ["panic"] => write!(output, "{}", tasks_that_survive(|| panic!())),
        ["abort"] => write!(output, "{}", tasks_that_survive(|| process::abort())),
        _ => return None,
    };
    // The end of the input is the order to end.
    Some(ended.or_else(|error| match error.kind() {
        ErrorKind::UnexpectedEof | ErrorKind::BrokenPipe => Ok(()),
        _ => Err(error),
    }))
}

/// Says that it is there, and waits.
fn idle(mut input: impl Read, mut output: impl Write) -> io::Result<()> {
    tell(&mut output, 0)?;
    hear(&mut input).map(|_| ())
}

/// Sends back what comes, eight bytes at a time.
pub fn echo(mut input: impl Read, mut output: impl Write) -> io::Result<()> {
    let _span = shared::span("echo");
    loop {
        let number = hear(&mut input)?;
        tell(&mut output, number)?;
    }
}

/// Takes how many messages come, then as many messages of `size` bytes, then
/// answers.
fn receive(
    mut input: impl Read,
    mut output: impl Write,
    size: usize,
) -> io::Result<()> {
    let _span = shared::span(format_args!("receive {size}"));
    let mut message = vec![0; size];
    loop {
        let count = hear(&mut input)?;
        for _ in 0..count {
            input.read_exact(&mut message)?;
        }
        tell(&mut output, count)?;
    }
}

/// Adds 1 to the shared counter, under the lock, as often as it is told.
fn add(
    mut input: impl Read,
    mut output: impl Write,
    path: &Path,
) -> io::Result<()> {
    let _span = shared::span("add");
    let mut memory = Shared::open(path)?;
    tell(&mut output, 0)?;
    loop {
        let count = hear(&mut input)?;
        for _ in 0..count {
            let guard = memory.lock()?;
            let value = guard.counter().load(Relaxed);
            guard.counter().store(value + 1, Relaxed);
        }
        tell(&mut output, count)?;
    }
}

/// A program with a thread for each task. One crashes while the others are at work.
/// Returns how many results there are, if there is somebody left to return them.
fn tasks_that_survive(crash: fn()) -> usize {
    quiet_crashes();
    let (work_ends, work) = mpsc::channel::<()>();
    let work = std::sync::Mutex::new(work);
    thread::scope(|scope| {
        let others: Vec<_> = (1..TASKS)
            .map(|_| scope.spawn(|| work.lock().unwrap().recv().is_err()))
            .collect();
        let crashed = scope.spawn(crash);
        let mut ends = vec![crashed.join().is_ok()]; // before the others are done
        drop(work_ends);
        ends.extend(others.into_iter().map(|other| other.join().is_ok()));
        ends.into_iter().filter(|&well| well).count()
    })
}

/// Crashes on purpose need no message and no core file.
pub fn quiet_crashes() {
    panic::set_hook(Box::new(|_| ()));
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        // One byte, and not none: Linux ignores a limit of 0 where it gives the
        // image to a program such as systemd-coredump.
        let limit = Rlimit {
            current: Some(1),
            maximum: Some(1),
        };
        let _ = setrlimit(Resource::Core, limit);
    }
}
