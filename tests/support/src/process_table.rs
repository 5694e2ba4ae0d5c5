//! Which processes belong to a run, and signals to them.
//!
//! A run's processes are found by a variable in their environment that is unique to
//! the run, and by the run's process group, which a zombie keeps when its
//! environment is gone. Off Linux the group alone has to do, and off Unix nothing
//! is found.

/// A process of a run.
#[derive(Clone, Debug)]
pub struct Process {
    /// The process id.
    pub pid: u32,
    /// Whether it has ended and nobody has waited for it.
    pub zombie: bool,
    /// The command line.
    pub command: String,
}

/// A thread of a process.
#[derive(Debug, PartialEq, Eq)]
pub struct Thread {
    /// The thread id.
    pub id: u32,
    /// Whether it waits for something.
    pub sleeps: bool,
    /// How often it has begun to wait, or another thread got its core.
    pub switches: Vec<String>,
}

/// What can be sent to a process.
#[derive(Clone, Copy)]
pub enum Signal {
    /// Ctrl-C.
    Interrupt,
    /// What a service manager sends.
    Terminate,
    /// The terminal was closed.
    HangUp,
    /// The end, at once.
    Kill,
}

pub use system::{adopt_orphans, processes, reap, signal, signal_group};

/// All threads of these processes, where `/proc` tells.
pub fn threads(processes: &[Process]) -> Vec<Thread> {
    let mut threads = Vec::new();
    for process in processes {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", process.pid));
        for task in tasks.into_iter().flatten().flatten() {
            let status = std::fs::read_to_string(task.path().join("status"));
            let status = status.unwrap_or_default();
            let lines =
                status.lines().filter(|line| line.contains("ctxt_switches"));
            let id = task.file_name().to_string_lossy().parse();
            threads.push(Thread {
                id: id.unwrap_or_default(),
                sleeps: status.contains("\nState:\tS"),
                switches: lines.map(String::from).collect(),
            });
        }
    }
    threads.sort_by_key(|thread| thread.id);
    threads
}

#[cfg(unix)]
mod system {
    use rustix::process::{self, Pid, WaitOptions};

    use super::{Process, Signal};

    /// From now on, a process whose parent has died becomes a child of this one, so
    /// that an end that nobody waited for can be seen.
    pub fn adopt_orphans() {
        #[cfg(target_os = "linux")]
        process::set_child_subreaper(Some(process::getpid()))
            .expect("it is allowed");
    }

    /// The processes that are in `group` or carry `mark` in their environment.
    pub fn processes(group: u32, mark: &str) -> Vec<Process> {
        #[cfg(target_os = "linux")]
        return from_proc(group, mark);
        #[cfg(not(target_os = "linux"))]
        return from_ps(group, mark);
    }

    #[cfg(target_os = "linux")]
    fn from_proc(group: u32, mark: &str) -> Vec<Process> {
        let entries = std::fs::read_dir("/proc").expect("Linux has /proc");
        let pids = entries
            .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
        pids.filter_map(|pid: u32| {
            let read = |file| std::fs::read(format!("/proc/{pid}/{file}"));
            // PID (NAME) STATE PARENT GROUP ..., and the name may hold anything.
            let stat = String::from_utf8_lossy(&read("stat").ok()?).into_owned();
            let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
            let (state, its_group) = (fields.next()?, fields.nth(1)?);
            let environment = read("environ").unwrap_or_default();
            let marked = environment
                .split(|&byte| byte == 0)
                .any(|v| v == mark.as_bytes());
            let words = read("cmdline").unwrap_or_default();
            (marked || its_group == group.to_string()).then(|| Process {
                pid,
                zombie: matches!(state, "Z" | "X"),
                command: String::from_utf8_lossy(&words).replace('\0', " "),
            })
        })
        .collect()
    }

    #[cfg(not(target_os = "linux"))]
    fn from_ps(group: u32, _mark: &str) -> Vec<Process> {
        let columns = ["-A", "-o", "pid=,pgid=,stat=,args="];
        let table = std::process::Command::new("ps").args(columns).output();
        let table = table.expect("Unix has ps").stdout;
        let line = |line: &str| {
            let mut fields = line.split_whitespace();
            let pid = fields.next()?.parse().ok()?;
            let in_group = fields.next()? == group.to_string();
            let zombie = fields.next()?.starts_with('Z');
            let command = fields.collect::<Vec<_>>().join(" ");
            in_group.then_some(Process {
                pid,
                zombie,
                command,
            })
        };
        String::from_utf8_lossy(&table)
            .lines()
            .filter_map(line)
            .collect()
    }

    /// Sends a signal to one process. It may have ended already.
    pub fn signal(pid: u32, signal: Signal) {
        let _ = process::kill_process(id(pid), number(signal));
    }

    /// Sends a signal to all processes of a group, as the terminal does on Ctrl-C.
    pub fn signal_group(group: u32, signal: Signal) {
        let _ = process::kill_process_group(id(group), number(signal));
    }

    /// Waits for an adopted process that has ended.
    pub fn reap(pid: u32) {
        let _ = process::waitpid(Some(id(pid)), WaitOptions::NOHANG);
    }

    fn id(pid: u32) -> Pid {
        Pid::from_raw(pid.cast_signed()).expect("no process has the number 0")
    }

    fn number(signal: Signal) -> process::Signal {
        match signal {
            Signal::Interrupt => process::Signal::INT,
            Signal::Terminate => process::Signal::TERM,
            Signal::HangUp => process::Signal::HUP,
            Signal::Kill => process::Signal::KILL,
        }
    }
}

#[cfg(not(unix))]
mod system {
    use super::{Process, Signal};

    /// Does nothing here.
    pub fn adopt_orphans() {}

    /// Finds nothing here.
    pub fn processes(_group: u32, _mark: &str) -> Vec<Process> {
        Vec::new()
    }

    /// Does nothing here: the tests that need it are ignored.
    pub fn signal(_pid: u32, _signal: Signal) {}

    /// Does nothing here: the tests that need it are ignored.
    pub fn signal_group(_group: u32, _signal: Signal) {}

    /// Does nothing here.
    pub fn reap(_pid: u32) {}
}
