//! The pattern: something that may crash runs in a process of its own, and its
//! parent learns how that ended.

use std::any::Any;
use std::env;
use std::io::{self, Read, Write};
use std::panic;
use std::process::{self, Command, ExitStatus, Stdio};
use std::thread;

use anyhow::{Context, Result};

/// How a child ended.
pub struct Ended {
    /// Its exit code, or the signal that ended it.
    pub status: ExitStatus,
    /// What it printed.
    pub output: String,
    /// What it wrote to its standard error.
    pub errors: String,
}

/// Runs this program again in the given role, and waits until it has ended. Fails
/// only if there is no process to wait for.
pub fn run(role: &str) -> Result<Ended> {
    let mut child = Command::new(env::current_exe()?)
        .arg(role)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("cannot start a process")?;
    // Ends with this process. Taken out, or the next line would close it.
    let _lifeline = child.stdin.take();
    let ended = child
        .wait_with_output()
        .context("cannot wait for a process")?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok(Ended {
        status: ended.status,
        output: text(&ended.stdout),
        errors: text(&ended.stderr),
    })
}

/// In the child, before anything else: end with the parent, leave no core file, and
/// make one line of a panic.
pub fn prepare() {
    thread::spawn(|| {
        let _ = io::stdin().read(&mut [0]);
        process::exit(1);
    });
    no_core_file();
    panic::set_hook(Box::new(|panic| {
        let thread = thread::current();
        let name = thread.name().unwrap_or("unnamed");
        let message = panic_message(panic.payload());
        let place = panic.location().map(|place| format!(", at {place}"));
        let place = place.unwrap_or_default();
        let _ =
            writeln!(io::stderr(), "panic in thread '{name}': {message}{place}");
    }));
}

/// The message of a panic, from what `join` returns.
pub fn panic_message(panic: &(dyn Any + Send)) -> &str {
    let literal = panic.downcast_ref::<&str>().copied();
    let formatted = || panic.downcast_ref::<String>().map(String::as_str);
    literal
        .or_else(formatted)
        .unwrap_or("something that is no text")
}

/// A core file is an image of the memory: as large as that, and full of secrets.
#[cfg(unix)]
fn no_core_file() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    // One byte, and not none: Linux ignores a limit of 0 where it gives the image
    // to a program such as systemd-coredump.
    let limit = Rlimit {
        current: Some(1),
        maximum: Some(1),
    };
    let _ = setrlimit(Resource::Core, limit); // fails where the limit is 0 already
}

/// Elsewhere there are none, unless someone has set that up.
#[cfg(not(unix))]
fn no_core_file() {}
