//! Learns when each process of a run ends, without looking again and again: from a
//! pidfd for each process, which becomes readable when the process ends, whoever
//! killed it. A process opens the log before its first line, and inotify reports
//! that.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::Read;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::thread;
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::inotify::{self, CreateFlags, WatchFlags};
use rustix::io::Errno;
use rustix::process::{
    self, Pid, PidfdFlags, Signal, WaitOptions, kill_process, pidfd_open,
};

use super::{Child, ExitStatus, Path, Signals, gone, io, now};
use std::time::Duration;

/// How often the log is read after a process has opened it: the process's first
/// line follows at once, unless its core is taken away. So the log is read less and
/// less often, and a first line that comes late is seen a quarter later.
const SOON: Duration = Duration::from_millis(1);
const SELDOM: Duration = Duration::from_millis(100);
/// How long the children of the run may outlive it. After that, nobody waits for
/// their ends.
const LINGER: Duration = Duration::from_millis(500);
/// How long the run may take to end by itself when it is told to.
const GRACE: Duration = Duration::from_secs(2);

/// Reads a log while it grows, and adds the end of each process.
pub struct Watcher {
    log: File,
    /// Reports that a process opens the log; `None` if the system has no inotify
    /// left.
    opens: Option<OwnedFd>,
    /// When a process opened the log last.
    opened: Instant,
    processes: HashMap<u32, Process>,
    /// What was read and has no line end yet.
    unfinished: Vec<u8>,
    lines: Vec<u8>,
}

/// A process that has not ended, as far as is known.
struct Process {
    pidfd: OwnedFd,
    /// Whether its first line was read. The first process of the run is watched
    /// before.
    recorded: bool,
    /// When it ended.
    ended: Option<u64>,
}

impl Watcher {
    pub fn new(log: &Path) -> io::Result<Self> {
        let file = File::open(log)?;
        let opens = inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK)
            .and_then(|opens| {
                inotify::add_watch(&opens, log, WatchFlags::OPEN)?;
                Ok(opens)
            });
        process::set_child_subreaper(Some(process::getpid()))?;
        Ok(Self {
            log: file,
            opens: opens.ok(),
            opened: Instant::now(),
            processes: HashMap::new(),
            unfinished: Vec::new(),
            lines: Vec::new(),
        })
    }

    /// Waits for the end of the run. Returns how and when its first process ended,
    /// or `None` when a signal ends this process: then the whole run has ended.
    pub fn wait(
        &mut self,
        child: &mut Child,
        signals: &Signals,
    ) -> io::Result<Option<(ExitStatus, u64)>> {
        let root = child.id();
        let pidfd = pidfd_open(pid(root)?, PidfdFlags::empty());
        let is_watched = pidfd.is_ok();
        if let Ok(pidfd) = pidfd {
            let process = Process {
                pidfd,
                recorded: false,
                ended: None,
            };
            self.processes.insert(root, process);
        }
        let mut end = None;
        loop {
            self.wait_for_news(signals)?;
            if let Some(signal) = signals.ended() {
                end_run(end.is_none().then_some(root), signal);
                return Ok(None);
            }
            if end.is_none()
                && let Some(status) = child.try_wait()?
            {
                end = Some((status, now(), Instant::now()));
            }
            // What a process wrote is there when its end is.
            self.read()?;
            if let Some((status, time, since)) = end
                && (self.processes.is_empty() || since.elapsed() > LINGER)
            {
                if !is_watched {
                    self.lines.extend_from_slice(gone(root, time).as_bytes());
                }
                self.lines.append(&mut self.unfinished);
                // Orphans of the run that have ended leave no zombies.
                while let Ok(Some(_)) = process::wait(WaitOptions::NOHANG) {}
                return Ok(Some((status, time)));
            }
        }
    }

    /// The log, with the ends of processes.
    pub fn lines(&self) -> &[u8] {
        &self.lines
    }

    /// Waits until a process ends or opens the log, or it is time to read.
    fn wait_for_news(&mut self, signals: &Signals) -> io::Result<()> {
        let pids: Vec<u32> = self.processes.keys().copied().collect();
        let others = [
            Some(signals.wakes.as_fd()),
            self.opens.as_ref().map(AsFd::as_fd),
        ];
        let mut fds: Vec<PollFd> = pids
            .iter()
            .map(|pid| self.processes[pid].pidfd.as_fd())
            .chain(others.into_iter().flatten())
            .map(|fd: BorrowedFd| PollFd::from_borrowed_fd(fd, PollFlags::IN))
            .collect();
        let all_is_reported = self.opens.is_some() && !self.processes.is_empty();
        let timeout = if all_is_reported {
            (self.opened.elapsed() / 4).clamp(SOON, SELDOM)
        } else {
            SOON
        };
        let timeout = Timespec::try_from(timeout).expect("it is short");
        match poll(&mut fds, Some(&timeout)) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        let time = now();
        let ready: Vec<bool> =
            fds.iter().map(|fd| !fd.revents().is_empty()).collect();
        for (pid, _) in pids.iter().zip(&ready).filter(|(_, ready)| **ready) {
            if let Some(process) = self.processes.get_mut(pid) {
                process.ended = Some(time);
            }
        }
        if let Some(opens) = &self.opens {
            while rustix::io::read(opens, &mut [0; 4096]).is_ok_and(|n| n > 0) {
                self.opened = Instant::now();
            }
        }
        Ok(())
    }

    /// Reads what is new in the log, and adds who has ended.
    fn read(&mut self) -> io::Result<()> {
        self.log.read_to_end(&mut self.unfinished)?;
        let end = self.unfinished.iter().rposition(|byte| *byte == b'\n');
        let rest = self.unfinished.split_off(end.map_or(0, |end| end + 1));
        let new = std::mem::replace(&mut self.unfinished, rest);
        for line in new.split_inclusive(|byte| *byte == b'\n') {
            let process = process_of_first_line(line);
            if let Some(pid) = process {
                self.add_reused(pid);
            }
            self.lines.extend_from_slice(line);
            if let Some(pid) = process {
                self.watch(pid);
            }
        }
        let ended: Vec<(u32, u64)> = self
            .processes
            .iter()
            .filter_map(|(pid, process)| Some((*pid, process.ended?)))
            .collect();
        for (pid, time) in ended {
            let process = self.processes.remove(&pid);
            if process.is_some_and(|process| process.recorded) {
                self.lines.extend_from_slice(gone(pid, time).as_bytes());
            }
        }
        Ok(())
    }

    /// When the system gives an id again, the process that had it before has ended.
    fn add_reused(&mut self, pid: u32) {
        if self
            .processes
            .get(&pid)
            .is_some_and(|process| process.recorded)
            && let Some(process) = self.processes.remove(&pid)
        {
            let time = process.ended.unwrap_or_else(now);
            self.lines.extend_from_slice(gone(pid, time).as_bytes());
        }
    }

    /// Watches a process whose first line was read.
    fn watch(&mut self, id: u32) {
        if let Some(process) = self.processes.get_mut(&id) {
            process.recorded = true;
            return;
        }
        match pid(id).and_then(|pid| Ok(pidfd_open(pid, PidfdFlags::empty())?)) {
            Ok(pidfd) => {
                let process = Process {
                    pidfd,
                    recorded: true,
                    ended: None,
                };
                self.processes.insert(id, process);
            }
            Err(error)
                if error.raw_os_error() == Some(Errno::SRCH.raw_os_error()) =>
            {
                // It has ended already: not later than now.
                self.lines.extend_from_slice(gone(id, now()).as_bytes());
            }
            // Without a pidfd its end stays unknown.
            Err(_) => {}
        }
    }
}

/// The process that records, if this is its first line.
fn process_of_first_line(line: &[u8]) -> Option<u32> {
    let line = line.strip_prefix(b"process\t")?;
    let pid = line.split(|byte| *byte == b'\t').nth(1)?;
    str::from_utf8(pid).ok()?.parse().ok()
}

fn pid(id: u32) -> io::Result<Pid> {
    Pid::from_raw(id.cast_signed())
        .ok_or_else(|| io::ErrorKind::InvalidInput.into())
}

/// Ends the first process of the run by the signal that ends this one, so that it
/// can tidy up; then waits for its children, which become children of this process.
/// Kills all that are still there after some time.
///
/// `root` is `None` if the first process was waited for: its id may belong to
/// another process then.
fn end_run(root: Option<u32>, signal: i32) {
    let root = root.and_then(|root| pid(root).ok());
    if let (Some(root), Some(signal)) = (root, Signal::from_named_raw(signal)) {
        let _ = kill_process(root, signal);
    }
    let start = Instant::now();
    loop {
        match process::wait(WaitOptions::NOHANG) {
            Ok(Some(_)) => continue,
            Ok(None) | Err(Errno::INTR) => {}
            Err(_) => return, // no child is left
        }
        if start.elapsed() > GRACE {
            for pid in children() {
                let _ = kill_process(pid, Signal::KILL);
            }
        }
        thread::sleep(Duration::from_millis(2));
    }
}

/// The children of this process.
fn children() -> Vec<Pid> {
    let mut children = Vec::new();
    let Ok(threads) = fs::read_dir("/proc/self/task") else {
        return children;
    };
    for thread in threads.flatten() {
        let ids = fs::read_to_string(thread.path().join("children"));
        for id in ids.unwrap_or_default().split_whitespace() {
            children.extend(id.parse().ok().and_then(Pid::from_raw));
        }
    }
    children
}
