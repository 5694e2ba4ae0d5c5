//! The pattern: start a child with a connection to it.

use std::env;
use std::io::{self, PipeReader};
use std::process::{Child, Command};

use anyhow::{Context, Result};

pub use system::{BY, both_ways, to_parent};

/// The command that starts this program again, in a role.
pub fn run_self(role: &str) -> Result<Command> {
    let mut command = Command::new(env::current_exe()?);
    command.arg(role);
    Ok(command)
}

/// Starts a child whose standard output is a pipe. Returns the end to read from.
///
/// The command has a copy of the other end, and as long as one copy is left, the
/// pipe does not end, even when the child is gone. So this takes it by value.
pub fn one_way(mut command: Command) -> Result<(Child, PipeReader)> {
    let (from_child, to_parent) = io::pipe().context("cannot make a pipe")?;
    let child = command
        .stdout(to_parent)
        .spawn()
        .context("cannot start a child")?;
    Ok((child, from_child))
} // `command` is dropped here, and with it this process's copy of the writing end

#[cfg(unix)]
mod system {
    use std::io;
    use std::os::fd::{AsFd, OwnedFd};
    use std::os::unix::net::UnixStream;
    use std::process::{Child, Command};

    use anyhow::{Context, Result};

    pub const BY: &str = "a socket pair";

    /// Starts a child whose standard input is one end of a socket pair, for both
    /// directions. Returns the other end.
    pub fn both_ways(mut command: Command) -> Result<(Child, UnixStream)> {
        let (ours, theirs) = UnixStream::pair().context("cannot connect")?;
        let child = command
            .stdin(OwnedFd::from(theirs))
            .spawn()
            .context("cannot start a child")?;
        Ok((child, ours))
    } // `command` is dropped here, and with it our copy of the child's end

    /// In the child: the connection to the parent.
    pub fn to_parent() -> io::Result<UnixStream> {
        Ok(io::stdin().as_fd().try_clone_to_owned()?.into())
    }
}

/// Where a socket cannot be a standard input, there is a pipe for each direction.
/// One of them is the child's standard output, so the child cannot print.
#[cfg(not(unix))]
mod system {
    use std::io::{self, Read, Write};
    use std::process::{Child, Command, Stdio};

    use anyhow::{Context, Result};

    pub const BY: &str = "two pipes";

    /// The end of one pipe to read from, and the end of another to write to.
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
    pub fn both_ways(mut command: Command) -> Result<(Child, impl Read + Write)> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot start a child")?;
        let stdout = child.stdout.take().expect("it is piped");
        let stdin = child.stdin.take().expect("it is piped");
        Ok((child, TwoPipes(stdout, stdin)))
    }

    /// In the child: the connection to the parent.
    pub fn to_parent() -> io::Result<impl Read + Write> {
        Ok(TwoPipes(io::stdin(), io::stdout()))
    }
}
