//! The pattern: one connection to a child, for both directions, and its standard
//! output stays free.

use std::io;
use std::process::{Child, Command};

use anyhow::{Context, Result};

pub use system::{start, to_parent};

#[cfg(unix)]
mod system {
    use std::os::fd::{AsFd, OwnedFd};
    use std::os::unix::net::UnixStream;

    use super::{Child, Command, Context, Result, io};

    /// Starts a child that has one end of a socket pair as its standard input.
    /// Returns the other end.
    pub fn start(mut command: Command) -> Result<(Child, UnixStream)> {
        let (ours, theirs) = UnixStream::pair().context("cannot connect")?;
        let child = command.stdin(OwnedFd::from(theirs)).spawn();
        // `command` holds `theirs`, and is dropped here: only the child has it.
        Ok((child.context("cannot start a child")?, ours))
    }

    /// In the child: the connection to the parent.
    pub fn to_parent() -> io::Result<UnixStream> {
        Ok(io::stdin().as_fd().try_clone_to_owned()?.into())
    }
}

/// Where a socket cannot be a standard input: a pipe for each direction. One is the
/// standard output of the child, which must not print then.
#[cfg(not(unix))]
mod system {
    use std::io::{Read, Write};
    use std::process::Stdio;

    use super::{Child, Command, Context, Result, io};

    /// The reading end of one pipe and the writing end of another.
    pub struct TwoPipes<R, W>(R, W);

    impl<R: Read, W> Read for TwoPipes<R, W> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.0.read(buffer)
        }
    }

    impl<R, W: Write> Write for TwoPipes<R, W> {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.1.write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            self.1.flush()
        }
    }

    /// Starts a child with piped standard input and output.
    pub fn start(mut command: Command) -> Result<(Child, impl Read + Write)> {
        let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut child = child.context("cannot start a child")?;
        let from = child.stdout.take().expect("it is piped");
        let to = child.stdin.take().expect("it is piped");
        Ok((child, TwoPipes(from, to)))
    }

    /// In the child: the connection to the parent.
    pub fn to_parent() -> io::Result<impl Read + Write> {
        Ok(TwoPipes(io::stdin(), io::stdout()))
    }
}
