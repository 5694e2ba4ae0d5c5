//! How a manager and a client talk: frames through a socket pair.
//!
//! A frame is four bytes that say how long a value is, and the value.

use std::io::{self, ErrorKind, Read};

use serde::{Serialize, de::DeserializeOwned};

pub use socket::{Channel, start, to_manager};

/// No value is longer than this many bytes.
pub const LONGEST: usize = 1 << 20;

/// Makes a frame.
pub fn frame(value: &impl Serialize) -> io::Result<Vec<u8>> {
    let frame = postcard::to_extend(value, vec![0; 4]);
    let mut frame = frame.map_err(|error| invalid(&error.to_string()))?;
    let length = frame.len() - 4;
    if length > LONGEST {
        return Err(too_long(length));
    }
    frame[..4].copy_from_slice(&length.to_le_bytes()[..4]);
    Ok(frame)
}

/// Receives a frame. Fails with `InvalidData` if what comes is none, and with
/// `UnexpectedEof` at the end.
pub fn receive<T: DeserializeOwned>(mut from: impl Read) -> io::Result<T> {
    let mut length = [0; 4];
    from.read_exact(&mut length)?;
    let length = u32::from_le_bytes(length) as usize;
    if length > LONGEST {
        return Err(too_long(length));
    }
    let mut frame = vec![0; length];
    from.read_exact(&mut frame)?;
    match postcard::take_from_bytes(&frame) {
        Ok((value, [])) => Ok(value),
        Ok(_) => Err(invalid("bytes are left over")),
        Err(error) => Err(invalid(&error.to_string())),
    }
}

fn too_long(length: usize) -> io::Error {
    invalid(&format!("{length} bytes, and {LONGEST} at most"))
}

fn invalid(text: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, text)
}

/// One end of the pair is the client's standard input, for both directions. So its
/// output is free for `println!`, and nobody else can connect: there is no name.
#[cfg(unix)]
mod socket {
    use std::env;
    use std::io;
    use std::os::fd::{AsFd, OwnedFd};
    use std::os::unix::net::UnixStream;
    use std::process::{Child, Command};

    /// One end of a socket pair.
    pub type Channel = UnixStream;

    /// Starts this program again as a client, with a role as its argument. Returns
    /// the manager's end of the channel.
    pub fn start(role: &str) -> io::Result<(Child, Channel)> {
        let (ours, theirs) = UnixStream::pair()?;
        let mut client = Command::new(env::current_exe()?);
        let child = client.arg(role).stdin(OwnedFd::from(theirs)).spawn()?;
        Ok((child, ours))
    } // `client` goes, and with it our copy of the client's end

    /// In a client: its end of the channel.
    pub fn to_manager() -> io::Result<Channel> {
        let channel = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
        channel.peer_addr()?; // fails if it is a terminal, say
        Ok(channel)
    }
}

/// Elsewhere there is no socket pair.
#[cfg(not(unix))]
mod socket {
    use std::io::{self, ErrorKind};
    use std::process::Child;

    pub type Channel = io::Empty;

    pub fn start(_: &str) -> io::Result<(Child, Channel)> {
        Err(io::Error::new(
            ErrorKind::Unsupported,
            "a manager needs Unix",
        ))
    }

    pub fn to_manager() -> io::Result<Channel> {
        Err(io::Error::new(
            ErrorKind::Unsupported,
            "a manager needs Unix",
        ))
    }
}
