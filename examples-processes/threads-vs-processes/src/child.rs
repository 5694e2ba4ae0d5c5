//! A child process, seen from its parent and from inside. The channel to the parent
//! is also the lifeline: when it ends, so does the child.

use std::env;
use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::process::{self, Command};

use anyhow::{Context, Result, bail};

use crate::channel::{self, Channel, receive, send};

/// A child with a channel. When it is dropped, the child ends.
pub struct Child {
    process: process::Child,
    /// `None` while the child ends.
    channel: Option<Channel>,
}

impl Child {
    /// Starts this program again. The child runs [`receiver`].
    pub fn start() -> Result<Self> {
        // On Linux this is the program that runs, even if its file was replaced.
        let program = if cfg!(target_os = "linux") {
            PathBuf::from("/proc/self/exe")
        } else {
            env::current_exe()?
        };
        let mut command = Command::new(program);
        command.arg("receiver");
        let (ours, theirs) = Channel::pair().context("cannot make a channel")?;
        channel::give(theirs, &mut command);
        let process = command.spawn().context("cannot start a child")?;
        Ok(Self {
            process,
            channel: Some(ours),
        })
    } // `command` is dropped here, and with it our copy of the child's end

    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// Sends and receives something. If the channel fails, the child has ended, and
    /// the error says how.
    pub fn talk<T>(
        &mut self,
        talk: impl FnOnce(&mut Channel) -> io::Result<T>,
    ) -> Result<T> {
        let channel = self.channel.as_mut().expect("only drop takes it");
        match talk(channel) {
            Ok(done) => Ok(done),
            Err(_) => bail!("the child ended with {}", self.process.wait()?),
        }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.channel = None;
        self.process.wait().ok();
    }
}

/// In a child or a thread: receives the size of all messages. Then it receives how
/// many will come, and answers when the last one is there, again and again. The
/// channel fails when the parent is done.
pub fn receiver(mut channel: impl Read + Write) -> io::Result<()> {
    let _span = shared::span("receiver");
    let size = receive(&mut channel)?;
    let mut message = vec![0; usize::try_from(size).unwrap_or_default()];
    loop {
        let count = receive(&mut channel)?;
        for _ in 0..count {
            channel.read_exact(&mut message)?;
        }
        send(&mut channel, count)?;
    }
}
