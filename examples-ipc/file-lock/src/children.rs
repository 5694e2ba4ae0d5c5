//! Children that are this same program in another role, and end with their parent.

use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::process::{self, Child, Command, ExitStatus, Stdio};
use std::{env, thread};

use anyhow::{Context, Result};

/// Dropping it ends the child, and waits until it is gone.
pub struct Running(Child);

/// Starts this program again, with a role and the folder of the files.
pub fn spawn_self(role: &str, folder: &Path) -> Result<Running> {
    let child = Command::new(env::current_exe()?)
        .arg(role)
        .arg(folder)
        .stdin(Stdio::piped()) // the lifeline
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start the {role}"))?;
    Ok(Running(child))
}

impl Running {
    /// Waits until the child prints a line.
    pub fn next_line(&mut self) -> Result<String> {
        let stdout = self.0.stdout.as_mut().expect("it is piped");
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        Ok(line.strip_suffix('\n').context("a child is gone")?.into())
    }

    /// Kills the child, which cannot do anything about it.
    pub fn kill(mut self) -> Result<ExitStatus> {
        self.0.kill()?;
        Ok(self.0.wait()?)
    }

    /// Waits until the child has done its work.
    pub fn wait(mut self) -> Result<ExitStatus> {
        // `wait` would close the lifeline of a child that still works.
        let _lifeline = self.0.stdin.take();
        Ok(self.0.wait()?)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.wait().ok(); // closes the lifeline
    }
}

/// In a child: returns when the parent closes the lifeline, or is gone.
pub fn wait_for_parent() {
    let _ = io::stdin().read(&mut [0]);
}

/// In a child with work to do: ends this process when the parent is gone.
pub fn end_with_parent() {
    thread::spawn(|| {
        wait_for_parent();
        process::exit(1);
    });
}
