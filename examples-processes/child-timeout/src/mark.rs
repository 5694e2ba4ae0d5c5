//! Linux: processes that have left the group carry a mark in their environment,
//! which they have inherited from the program.

use std::process::{self, Command};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use std::{fs, thread};

use rustix::process::{Pid, Signal, kill_process};

pub struct Mark(String);

impl Mark {
    /// Gives the command a mark that no other has. A command that does the same for
    /// one of its own hands down both marks.
    pub fn new(command: &mut Command) -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let variable = format!("TIMED_RUN_{}_{number}", process::id());
        command.env(&variable, "1");
        Self(format!("{variable}=1"))
    }

    /// Kills the processes that carry it. A new one may come now, and when one
    /// starts another program, its environment is empty for a moment. So look until
    /// there were none twice in a row, but not forever.
    pub fn kill(&self) {
        let mut none_found = 0;
        for _ in 0..100 {
            let marked = self.processes();
            none_found = if marked.is_empty() { none_found + 1 } else { 0 };
            if none_found == 2 {
                break;
            }
            for pid in marked {
                kill_process(pid, Signal::KILL).ok();
            }
            thread::sleep(Duration::from_millis(1));
        }
    }

    fn processes(&self) -> Vec<Pid> {
        let entries = fs::read_dir("/proc").into_iter().flatten();
        entries
            .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
            .filter(|pid| self.is_in_environment(*pid))
            .filter_map(Pid::from_raw)
            .collect()
    }

    /// False if the process has ended, or belongs to another user.
    fn is_in_environment(&self, pid: i32) -> bool {
        let environment =
            fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
        environment
            .split(|byte| *byte == 0)
            .any(|variable| variable == self.0.as_bytes())
    }
}
