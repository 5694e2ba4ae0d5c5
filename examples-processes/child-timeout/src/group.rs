//! A program and the processes that it starts, which get the same signals. On Unix
//! that is a process group.

use std::io;
use std::process::{Child, Command};
use std::thread;

#[cfg(unix)]
use rustix::process::{
    Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid,
};

pub struct Group {
    pub child: Child,
    #[cfg(target_os = "linux")]
    mark: crate::mark::Mark,
}

#[cfg(unix)]
impl Group {
    pub fn start(command: &mut Command) -> io::Result<Self> {
        use std::os::unix::process::CommandExt;
        #[cfg(target_os = "linux")]
        let mark = crate::mark::Mark::new(command);
        Ok(Self {
            child: command.process_group(0).spawn()?,
            #[cfg(target_os = "linux")]
            mark,
        })
    }

    /// Whether the program itself has ended. It stays in the system's table, so no
    /// other process can get its number, which is also that of the group.
    pub fn has_ended(&mut self) -> bool {
        let id = WaitId::Pid(Pid::from_child(&self.child));
        let options =
            WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        !matches!(waitid(id, options), Ok(None))
    }

    pub fn ask_to_stop(&mut self) {
        kill_process_group(Pid::from_child(&self.child), Signal::TERM).ok();
    }

    pub fn kill(&mut self) {
        kill_process_group(Pid::from_child(&self.child), Signal::KILL).ok();
        #[cfg(target_os = "linux")]
        self.mark.kill();
    }
}

/// The fallback reaches only the program itself, and has no polite request.
#[cfg(not(unix))]
impl Group {
    pub fn start(command: &mut Command) -> io::Result<Self> {
        Ok(Self {
            child: command.spawn()?,
        })
    }

    pub fn has_ended(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }

    pub fn ask_to_stop(&mut self) {}

    pub fn kill(&mut self) {
        self.child.kill().ok();
    }
}

/// When `on_line` panics, nothing is left either.
impl Drop for Group {
    fn drop(&mut self) {
        if thread::panicking() {
            self.kill();
            self.child.wait().ok();
        }
    }
}
