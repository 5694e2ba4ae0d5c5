//! Waits for a run where the system has no pidfd: only the end of the first process
//! is known.

use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use super::{Child, ExitStatus, Path, Signals, gone, io, now};

/// How often is looked whether the program has ended.
const LOOK: Duration = Duration::from_millis(2);
/// How long the program may take to end by itself when it is told to.
const GRACE: Duration = Duration::from_secs(2);

pub struct Watcher {
    log: PathBuf,
    lines: Vec<u8>,
}

impl Watcher {
    #[allow(clippy::unnecessary_wraps, reason = "on Linux it can fail")]
    pub fn new(log: &Path) -> io::Result<Self> {
        Ok(Self {
            log: log.to_owned(),
            lines: Vec::new(),
        })
    }

    /// Waits for the end of the program. Returns how and when it ended, or `None`
    /// when a signal ends this process: then the program has ended.
    pub fn wait(
        &mut self,
        child: &mut Child,
        signals: &Signals,
    ) -> io::Result<Option<(ExitStatus, u64)>> {
        loop {
            if let Some(status) = child.try_wait()? {
                let time = now();
                self.lines = std::fs::read(&self.log)?;
                if self.lines.last().is_some_and(|byte| *byte != b'\n') {
                    self.lines.push(b'\n'); // the last line was cut
                }
                self.lines
                    .extend_from_slice(gone(child.id(), time).as_bytes());
                return Ok(Some((status, time)));
            }
            if let Some(signal) = signals.ended() {
                end(child, signal)?;
                return Ok(None);
            }
            thread::sleep(LOOK);
        }
    }

    /// The log, with the end of the program.
    pub fn lines(&self) -> &[u8] {
        &self.lines
    }
}

/// Ends the program by the signal that ends this process, so that it can tidy up.
/// Kills it if it is still there after some time.
fn end(child: &mut Child, signal: i32) -> io::Result<()> {
    pass_on(child, signal);
    let start = Instant::now();
    while child.try_wait()?.is_none() {
        if start.elapsed() > GRACE {
            child.kill()?;
        }
        thread::sleep(LOOK);
    }
    Ok(())
}

#[cfg(unix)]
fn pass_on(child: &Child, signal: i32) {
    use rustix::process::{Pid, Signal, kill_process};
    let pid = Pid::from_raw(child.id().cast_signed());
    if let (Some(pid), Some(signal)) = (pid, Signal::from_named_raw(signal)) {
        let _ = kill_process(pid, signal);
    }
}

#[cfg(not(unix))]
fn pass_on(_child: &Child, _signal: i32) {}
