//! The channel between a supervisor and its worker, and the frames that travel
//! through it.

use std::io::{self, ErrorKind, Read, Write};
use std::time::Duration;

use serde::{Serialize, de::DeserializeOwned};

pub use system::{
    Channel, close, is_child_of, leave_no_core_file, start, to_parent,
};

/// The jobs of a chunk, or their results, may take up at most this many bytes in
/// total.
pub const MAX_FRAME: usize = 64 << 20;

/// Polling interval. A time-out, a dropped pool or a dead parent is noticed at most
/// this late.
pub const TICK: Duration = Duration::from_millis(100);

/// Makes a frame: the length of a value, in four bytes, and the value.
pub fn frame<T: Serialize + ?Sized>(value: &T) -> io::Result<Vec<u8>> {
    let mut frame = postcard::to_extend(value, vec![0; 4])
        .map_err(|error| unsendable(&error.to_string()))?;
    let length = frame.len() - 4;
    match u32::try_from(length) {
        Ok(header) if length <= MAX_FRAME => {
            frame[..4].copy_from_slice(&header.to_le_bytes());
            Ok(frame)
        }
        _ => Err(unsendable(&too_long(length))),
    }
}

pub fn send(mut writer: impl Write, frame: &[u8]) -> io::Result<()> {
    writer.write_all(frame)?;
    writer.flush()
}

/// Receives a frame, and returns its value.
pub fn receive<T: DeserializeOwned>(mut reader: impl Read) -> io::Result<T> {
    let mut header = [0; 4];
    reader.read_exact(&mut header)?;
    let length = u32::from_le_bytes(header) as usize;
    // Check before allocating: the other side may be broken.
    if length > MAX_FRAME {
        return Err(unreadable(&too_long(length)));
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    match postcard::take_from_bytes(&body) {
        Ok((value, [])) => Ok(value),
        Ok(_) => Err(unreadable("there are bytes after the end")),
        Err(error) => Err(unreadable(&error.to_string())),
    }
}

fn too_long(length: usize) -> String {
    format!("{length} bytes, and {MAX_FRAME} at most")
}

fn unsendable(why: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, format!("cannot be sent: {why}"))
}

pub fn unreadable(why: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, format!("cannot be read: {why}"))
}

/// On Unix, the channel is a socket pair. One end is the worker's standard input,
/// in both directions, so that its standard output is free for `println!`.
#[cfg(unix)]
mod system {
    use std::io::{self, Read};
    use std::net::Shutdown;
    use std::os::fd::{AsFd, OwnedFd};
    use std::os::unix::net::UnixStream;
    use std::os::unix::process::parent_id;
    use std::process::{Child, Command};

    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    pub type Channel = UnixStream;

    pub fn start(mut command: Command) -> io::Result<(Child, Channel)> {
        let (ours, theirs) = UnixStream::pair()?;
        ours.set_read_timeout(Some(super::TICK))?;
        ours.set_write_timeout(Some(super::TICK))?;
        let child = command.stdin(OwnedFd::from(theirs)).spawn()?;
        Ok((child, ours))
    }

    pub fn to_parent() -> io::Result<Channel> {
        Ok(io::stdin().as_fd().try_clone_to_owned()?.into())
    }

    /// Lets an idle worker end, and gives it a moment to do so.
    pub fn close(channel: &mut Channel) {
        let _ = channel.shutdown(Shutdown::Write);
        let _ = channel.read(&mut [0]);
    }

    pub fn is_child_of(parent: u32) -> bool {
        parent_id() == parent
    }

    /// One byte and not zero, because Linux ignores a limit of 0 if it hands core
    /// files to a program, such as systemd-coredump.
    pub fn leave_no_core_file() {
        let limit = Rlimit {
            current: Some(1),
            ..getrlimit(Resource::Core)
        };
        let _ = setrlimit(Resource::Core, limit); // fails if the limit is 0 already
    }
}

/// Elsewhere, the channel is a pair of pipes. A job must not print, a time-out
/// can't be noticed, and a busy worker outlives its pool until its job is done.
#[cfg(not(unix))]
mod system {
    use std::io::{self, Read, Write};
    use std::process::{Child, Command, Stdio};

    pub struct Channel {
        reader: Box<dyn Read + Send>,
        writer: Box<dyn Write + Send>,
    }

    pub fn start(mut command: Command) -> io::Result<(Child, Channel)> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let reader = Box::new(child.stdout.take().expect("it is piped"));
        let writer = Box::new(child.stdin.take().expect("it is piped"));
        Ok((child, Channel { reader, writer }))
    }

    pub fn to_parent() -> io::Result<Channel> {
        Ok(Channel {
            reader: Box::new(io::stdin()),
            writer: Box::new(io::stdout()),
        })
    }

    pub fn close(channel: &mut Channel) {
        channel.writer = Box::new(io::sink());
        let _ = channel.reader.read(&mut [0]);
    }

    pub fn is_child_of(_: u32) -> bool {
        true // there is no way to know
    }

    pub fn leave_no_core_file() {}

    impl Read for Channel {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.reader.read(buffer)
        }
    }

    impl Write for Channel {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.writer.write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            self.writer.flush()
        }
    }
}
