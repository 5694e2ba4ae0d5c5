//! A channel for both directions, between two threads or two processes: a socket
//! pair, or two pipes where a socket cannot be a standard input.

use std::io::{self, Read, Write};

pub use system::{Channel, give, to_parent};

/// Sends a number.
pub fn send(mut to: impl Write, number: u64) -> io::Result<()> {
    to.write_all(&number.to_le_bytes())?;
    to.flush()
}

/// Receives a number, unless the other side has ended.
pub fn receive(mut from: impl Read) -> io::Result<u64> {
    let mut bytes = [0; 8];
    from.read_exact(&mut bytes)?;
    Ok(u64::from_le_bytes(bytes))
}

#[cfg(unix)]
mod system {
    use std::io;
    use std::os::fd::{AsFd, OwnedFd};
    use std::os::unix::net::UnixStream;
    use std::process::Command;

    pub type Channel = UnixStream;

    /// Gives one end to a child: it is its standard input.
    pub fn give(channel: Channel, command: &mut Command) {
        command.stdin(OwnedFd::from(channel));
    }

    /// In the child: the other end of its parent's channel.
    pub fn to_parent() -> io::Result<Channel> {
        Ok(io::stdin().as_fd().try_clone_to_owned()?.into())
    }
}

#[cfg(not(unix))]
mod system {
    use std::io::{self, PipeReader, PipeWriter, Read, Write};
    use std::process::Command;

    /// The end of one pipe to read from, and the end of another to write to.
    pub struct Channel<R = PipeReader, W = PipeWriter>(R, W);

    impl<R: Read, W> Read for Channel<R, W> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.0.read(buffer)
        }
    }

    impl<R, W: Write> Write for Channel<R, W> {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.1.write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            self.1.flush()
        }
    }

    impl Channel {
        pub fn pair() -> io::Result<(Self, Self)> {
            let (reader, their_writer) = io::pipe()?;
            let (their_reader, writer) = io::pipe()?;
            Ok((Self(reader, writer), Self(their_reader, their_writer)))
        }
    }

    pub fn give(channel: Channel, command: &mut Command) {
        command.stdin(channel.0).stdout(channel.1);
    }

    pub fn to_parent() -> io::Result<impl Read + Write> {
        Ok(Channel(io::stdin(), io::stdout()))
    }
}
