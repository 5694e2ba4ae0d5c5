//! A child process of a measurement, seen from main: a pipe each way.

use std::env;
use std::io::{self, Read, Write};
use std::process::{self, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context, Error, Result, anyhow};

use crate::worker;

/// A child process. When it is dropped, it ends, and is waited for.
pub struct Child {
    process: process::Child,
    role: String,
    /// It ends when this does.
    to: Option<ChildStdin>,
    from: ChildStdout,
}

/// This program again, in a role of `worker.rs`.
pub fn command(role: &[&str]) -> Result<Command> {
    let mut command = Command::new(env::current_exe()?);
    command.arg(worker::ROLE).args(role);
    Ok(command)
}

impl Child {
    /// Starts it.
    pub fn start(role: &[&str]) -> Result<Self> {
        let mut command = command(role)?;
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().context("cannot start a process")?;
        let to = process.stdin.take();
        let from = process.stdout.take().context("it is piped")?;
        Ok(Self { process, role: role[0].to_owned(), to, from })
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// Sends a number.
    pub fn tell(&mut self, number: u64) -> Result<()> {
        self.send(&number.to_le_bytes())
    }

    /// Sends bytes.
    pub fn send(&mut self, bytes: &[u8]) -> Result<()> {
        let to = self.to.as_mut().context("it has ended")?;
        to.write_all(bytes).map_err(|error| self.end(&error))
    }

    /// Waits for a number.
    pub fn hear(&mut self) -> Result<u64> {
        let mut bytes = [0; 8];
        self.from.read_exact(&mut bytes).map_err(|error| self.end(&error))?;
        Ok(u64::from_le_bytes(bytes))
    }

    /// Waits for its end. Returns how it ended.
    fn end(&mut self, error: &io::Error) -> Error {
        self.to = None;
        let role = &self.role;
        match self.process.wait() {
            Ok(status) => anyhow!("the process \"{role}\" ended with {status}"),
            Err(_) => anyhow!("the process \"{role}\": {error}"),
        }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.to = None;
        let _ = self.process.wait();
    }
}
