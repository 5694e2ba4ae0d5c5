//! The pattern: work that may crash runs in a process of its own, and its parent
//! finds out how that ended.

use std::io::{self, Read};
use std::path::PathBuf;
use std::process::{self, Command, Output, Stdio};
use std::{env, thread};

use anyhow::{Context, Result};

/// Starts this program again with a role and an argument, and waits for its end. A
/// child that crashes is not an error: look at the status in the output.
pub fn run(role: &str, arg: &str) -> Result<Output> {
    // On Linux this is the program that runs here, also when its file is replaced.
    let program = if cfg!(target_os = "linux") {
        PathBuf::from("/proc/self/exe")
    } else {
        env::current_exe()?
    };
    let mut child = Command::new(program)
        .args([role, arg])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("cannot start the child")?;
    // The lifeline closes when this process ends. `wait_with_output` would close it
    // at once, so take it out.
    let _lifeline = child.stdin.take();
    child.wait_with_output().context(
        "cannot wait for the child (is SIGCHLD ignored? \
         Then put `env --default-signal=CHLD` before the command)",
    )
}

/// In the child, before anything else: end when the parent is gone, and leave no
/// core file.
pub fn prepare() {
    thread::spawn(|| {
        let _ = io::stdin().read(&mut [0]);
        process::exit(1);
    });
    no_core_file();
}

/// A core file is a copy of the memory: as large as that, and full of secrets.
#[cfg(unix)]
fn no_core_file() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    // One byte, and not none: Linux ignores a limit of 0 where it hands the core to
    // a program such as systemd-coredump.
    let limit = Rlimit {
        current: Some(1),
        maximum: Some(1),
    };
    let _ = setrlimit(Resource::Core, limit); // fails where the limit is 0 already
}

/// Elsewhere there are none, unless someone has set that up.
#[cfg(not(unix))]
fn no_core_file() {}
