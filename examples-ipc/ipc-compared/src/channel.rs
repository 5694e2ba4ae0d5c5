//! The four ways, each as a channel between this process and a child.

use std::env;
use std::fs::File;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::parent_id;
use std::path::PathBuf;
use std::process::{self, Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use anyhow::{Context, Result, bail};

use crate::memory::{self, Memory};

/// The longest message, in bytes.
pub const MAX_LEN: usize = 1024 * 1024;
pub const WAYS: [&str; 4] = ["pipe", "socket-pair", "tcp", "shared-memory"];

/// One end. Both sides know how long a message is.
pub trait Channel {
    fn send(&mut self, message: &[u8]) -> io::Result<()>;
    fn receive(&mut self, message: &mut [u8]) -> io::Result<()>;
}

/// Two streams of bytes, or one for both directions.
struct Stream<R, W>(R, W);

impl<R: Read, W: Write> Channel for Stream<R, W> {
    fn send(&mut self, message: &[u8]) -> io::Result<()> {
        self.1.write_all(message)
    }

    fn receive(&mut self, message: &mut [u8]) -> io::Result<()> {
        self.0.read_exact(message)
    }
}

/// A child that sends every message back.
pub struct Echo {
    child: Arc<Mutex<Child>>,
    channel: Option<Box<dyn Channel>>,
}

impl Echo {
    pub fn start(way: &str, len: usize, spins: u32) -> Result<Self> {
        // On Linux this is the program that runs, even if its file was replaced.
        let program = if cfg!(target_os = "linux") {
            PathBuf::from("/proc/self/exe")
        } else {
            env::current_exe()?
        };
        let mut command = Command::new(program);
        command.args([way, &len.to_string(), &spins.to_string()]);
        command.arg(process::id().to_string());
        match way {
            "pipe" => {
                command.stdin(Stdio::piped()).stdout(Stdio::piped());
                let mut child = command.spawn().context("cannot start a child")?;
                let (to, from) = (child.stdin.take(), child.stdout.take());
                let (to, from) = (to.context("no pipe")?, from.context("no pipe")?);
                Ok(Self::new(child, Stream(from, to)))
            }
            "socket-pair" => {
                let (ours, theirs) = UnixStream::pair()?;
                command.stdin(OwnedFd::from(theirs));
                let child = command.spawn().context("cannot start a child")?;
                Ok(Self::new(child, Stream(ours.try_clone()?, ours)))
            }
            "tcp" => {
                let listener = TcpListener::bind("127.0.0.1:0")?;
                let ours = TcpStream::connect(listener.local_addr()?)?;
                let (theirs, _) = listener.accept()?;
                ours.set_nodelay(true)?;
                theirs.set_nodelay(true)?;
                command.stdin(OwnedFd::from(theirs));
                let child = command.spawn().context("cannot start a child")?;
                Ok(Self::new(child, Stream(ours.try_clone()?, ours)))
            }
            _ => {
                let file = memory::new_file()?;
                command.stdin(file.try_clone()?);
                let child = command.spawn().context("cannot start a child")?;
                let child = Arc::new(Mutex::new(child));
                let echo = Arc::clone(&child);
                let is_gone =
                    move || !matches!(echo.lock().unwrap().try_wait(), Ok(None));
                let channel = Box::new(Memory::map(&file, spins, is_gone)?);
                Ok(Self {
                    child,
                    channel: Some(channel),
                })
            }
        }
    }

    fn new(child: Child, channel: impl Channel + 'static) -> Self {
        Self {
            child: Arc::new(Mutex::new(child)),
            channel: Some(Box::new(channel)),
        }
    }

    /// Sends the message, and receives it again.
    pub fn round_trip(&mut self, message: &mut [u8]) -> Result<()> {
        let channel = self.channel.as_mut().expect("only drop takes it");
        let result = channel
            .send(message)
            .and_then(|()| channel.receive(message));
        if result.is_err() {
            let status = self.child.lock().unwrap().wait()?;
            bail!("the child ended with {status}");
        }
        Ok(())
    }
}

impl Drop for Echo {
    fn drop(&mut self) {
        self.channel = None; // so the child ends
        self.child.lock().unwrap().wait().ok();
    }
}

/// The whole life of a child. It ends with its parent.
pub fn echo(way: &str, len: usize, spins: u32, parent: u32) -> Result<()> {
    let stdin = io::stdin().as_fd().try_clone_to_owned()?;
    let mut channel: Box<dyn Channel> = match way {
        "pipe" => {
            // `io::stdout()` would keep the bytes until a line ends.
            let stdout = io::stdout().as_fd().try_clone_to_owned()?;
            Box::new(Stream(File::from(stdin), File::from(stdout)))
        }
        "socket-pair" | "tcp" => {
            let stream = File::from(stdin);
            Box::new(Stream(stream.try_clone()?, stream))
        }
        _ => {
            let is_gone = move || parent_id() != parent;
            Box::new(Memory::map(&File::from(stdin), spins, is_gone)?)
        }
    };
    let mut message = vec![0; len];
    while channel.receive(&mut message).is_ok() {
        // An error means that the parent has ended, so no process would read it.
        channel.send(&message).ok();
    }
    Ok(())
}
