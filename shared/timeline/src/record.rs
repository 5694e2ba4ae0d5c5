//! Runs a program and records what it and its children do.

use std::io;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};

use crate::printed::Reader;
use crate::{Run, Timeline};

#[cfg(not(target_os = "linux"))]
#[path = "record/elsewhere.rs"]
mod system;
#[cfg(target_os = "linux")]
#[path = "record/linux.rs"]
mod system;

/// The variable that names the file in which `shared` records.
const LOG: &str = "TIMELINE_LOG";

/// A run that has ended.
#[derive(Debug)]
pub struct Recorded {
    /// How the program ended.
    pub status: ExitStatus,
    /// What it recorded.
    pub timeline: Timeline,
}

/// Runs a program to its end, and reads what was recorded.
///
/// On Linux, this process becomes the parent of the run's orphans and waits for all
/// its children that have ended: it must have started no others.
///
/// When this process is told to end, it ends the whole run first and returns
/// `None`. The number of the signal stands in `signals` then.
///
/// # Errors
///
/// When the program cannot be started, or its log not be read.
pub fn record(
    command: &mut Command,
    signals: &Signals,
) -> Result<Option<Recorded>> {
    run(command, signals, false)
}

/// As [`record()`], and keeps what the program prints, and when. `show` says
/// whether the lines are passed on to this process's own output.
///
/// # Errors
///
/// As [`record()`].
pub fn record_printed(
    command: &mut Command,
    signals: &Signals,
    show: bool,
) -> Result<Option<Recorded>> {
    run(command.stdout(Stdio::piped()), signals, show)
}

fn run(
    command: &mut Command,
    signals: &Signals,
    show: bool,
) -> Result<Option<Recorded>> {
    let log = tempfile::Builder::new()
        .prefix("timeline-")
        .tempfile()
        .context("cannot make a temporary file")?;
    let program = command.get_program().display().to_string();
    let mut watcher = system::Watcher::new(log.path())
        .context("cannot watch what is recorded")?;
    let mut child = command
        .env(LOG, log.path())
        .spawn()
        .with_context(|| format!("cannot start {program}"))?;
    let output = child.stdout.take();
    let output = output.map(|output| Reader::start(output, show));
    let Some((status, end)) = watcher
        .wait(&mut child, signals)
        .with_context(|| format!("cannot wait for {program}"))?
    else {
        return Ok(None);
    };
    let run = Run {
        root: child.id(),
        end,
    };
    let mut timeline = Timeline::read(watcher.lines(), Some(run));
    if let Some(output) = output {
        timeline.printed = output.finish(timeline.start);
    }
    Ok(Some(Recorded { status, timeline }))
}

/// The signals that this process got. As long as no [`Signals`] was made, they do
/// what they do by default.
///
/// - Ctrl-C ends the program that is recorded, which gets it, too. This process
///   continues, because it has something to draw.
/// - SIGTERM, SIGHUP and SIGQUIT end this process, and the run with it.
pub struct Signals {
    interrupted: Arc<AtomicUsize>,
    ended: Arc<AtomicUsize>,
    /// Becomes readable when a signal ends this process.
    #[cfg(target_os = "linux")]
    wakes: std::os::unix::net::UnixStream,
}

impl Signals {
    /// Handles the signals from here on.
    ///
    /// # Errors
    ///
    /// When the system refuses.
    pub fn handle() -> io::Result<Self> {
        use signal_hook::consts::SIGINT;
        use signal_hook::flag::register_usize;

        let number = |signal: i32| signal.unsigned_abs() as usize;
        let interrupted = Arc::new(AtomicUsize::new(0));
        let ended = Arc::new(AtomicUsize::new(0));
        register_usize(SIGINT, Arc::clone(&interrupted), number(SIGINT))?;
        #[cfg(target_os = "linux")]
        let (wakes, wakened) = std::os::unix::net::UnixStream::pair()?;
        #[cfg(unix)]
        {
            use signal_hook::consts::{SIGHUP, SIGQUIT, SIGTERM};
            for signal in [SIGHUP, SIGQUIT, SIGTERM] {
                register_usize(signal, Arc::clone(&ended), number(signal))?;
                // After the flag: the thread that wakes up finds it set.
                #[cfg(target_os = "linux")]
                signal_hook::low_level::pipe::register(
                    signal,
                    wakened.try_clone()?,
                )?;
            }
        }
        Ok(Self {
            interrupted,
            ended,
            #[cfg(target_os = "linux")]
            wakes,
        })
    }

    /// The exit code that this process ends with, as in a shell, if a signal ends
    /// it.
    #[must_use]
    pub fn exit_code(&self) -> Option<i32> {
        self.ended().map(|signal| 128 + signal)
    }

    /// Whether Ctrl-C was pressed.
    #[must_use]
    pub fn interrupted(&self) -> bool {
        self.interrupted.load(Ordering::Relaxed) != 0
    }

    /// The signal that ends this process.
    fn ended(&self) -> Option<i32> {
        let signal = self.ended.load(Ordering::Relaxed);
        i32::try_from(signal).ok().filter(|signal| *signal != 0)
    }
}

/// Nanoseconds since 1970.
pub fn now() -> u64 {
    let time = SystemTime::now().duration_since(UNIX_EPOCH);
    u64::try_from(time.unwrap_or_default().as_nanos()).unwrap_or(u64::MAX)
}

/// The line that says that a process has ended.
fn gone(process: u32, time: u64) -> String {
    format!("gone\t{time}\t{process}\t0\t0\t\n")
}
