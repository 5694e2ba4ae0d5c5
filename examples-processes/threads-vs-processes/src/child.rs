//! A child process of a measurement, seen from main.

use std::env;
use std::io::{self, Write};
use std::process::{self, Command};

use anyhow::{Context, Error, Result, anyhow};

use crate::channel::{self, End};
use crate::worker;

/// A child process. When it is dropped, it ends, and is waited for.
pub struct Child {
    process: process::Child,
    role: String,
    /// The child ends when this does.
    channel: Option<End>,
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
        let [ours, theirs] = channel::pair().context("cannot make a channel")?;
        let [input, output] = theirs.into_stdio();
        let process = command.stdin(input).stdout(output).spawn();
        let process = process.context("cannot start a process")?;
        Ok(Self {
            process,
            role: role[0].to_owned(),
            channel: Some(ours),
        })
    } // `command` is dropped: it holds the child's end, which would never end

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// Sends a number.
    pub fn tell(&mut self, number: u64) -> Result<()> {
        self.with_channel(|channel| channel.tell(number))
    }

    /// Sends bytes.
    pub fn send(&mut self, bytes: &[u8]) -> Result<()> {
        self.with_channel(|channel| channel.output.write_all(bytes))
    }

    /// Waits for a number.
    pub fn hear(&mut self) -> Result<u64> {
        self.with_channel(End::hear)
    }

    fn with_channel<T>(
        &mut self,
        act: impl FnOnce(&mut End) -> io::Result<T>,
    ) -> Result<T> {
        let channel = self.channel.as_mut().context("it has ended")?;
        act(channel).map_err(|error| self.end(&error))
    }

    /// Waits for its end. Returns how it ended.
    fn end(&mut self, error: &io::Error) -> Error {
        self.channel = None;
        let role = &self.role;
        match self.process.wait() {
            Ok(status) => anyhow!("the process \"{role}\" ended with {status}"),
            Err(_) => anyhow!("the process \"{role}\": {error}"),
        }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.channel = None;
        let _ = self.process.wait();
    }
}
