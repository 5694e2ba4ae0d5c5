//! How a manager and a client talk: frames through a socket pair.
//!
//! A frame is four bytes that say how long a value is, and then the value.

use std::io::{self, ErrorKind, Read};

use serde::{Serialize, de::DeserializeOwned};

pub use socket::{Channel, spawn_self, to_manager};

/// A longer value is refused, in bytes.
pub const MAX_LEN: usize = 1 << 20;

/// Makes a frame.
pub fn frame(value: &impl Serialize) -> io::Result<Vec<u8>> {
    let mut frame = postcard::to_extend(value, vec![0; 4])
        .map_err(|error| invalid(&error.to_string()))?;
    let length = frame.len() - 4;
    if length > MAX_LEN {
        return Err(too_long(length));
    }
    let prefix = u32::try_from(length).map_err(io::Error::other)?;
    frame[..4].copy_from_slice(&prefix.to_le_bytes());
    Ok(frame)
}

/// Receives a frame. Fails with `InvalidData` if it is not a value of this type,
/// and with `UnexpectedEof` when the other side is gone.
pub fn receive<T: DeserializeOwned>(mut from: impl Read) -> io::Result<T> {
    let mut prefix = [0; 4];
    from.read_exact(&mut prefix)?;
    let length = u32::from_le_bytes(prefix) as usize;
    if length > MAX_LEN {
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
    invalid(&format!(
        "{length} bytes, but at most {MAX_LEN} are allowed"
    ))
}

fn invalid(text: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, text)
}

#[cfg(unix)]
mod socket {
    use std::env;
    use std::io;
    use std::os::fd::{AsFd, OwnedFd};
    use std::os::unix::net::UnixStream;
    use std::process::{Child, Command};

    /// One end of a socket pair.
    pub type Channel = UnixStream;

    /// Starts this program again as a client, with a role as its argument. Its
    /// standard input is one end of a socket pair, for both directions. Returns the
    /// other end.
    pub fn spawn_self(role: &str) -> io::Result<(Child, Channel)> {
        let (ours, theirs) = UnixStream::pair()?;
        let child = Command::new(env::current_exe()?)
            .arg(role)
            .stdin(OwnedFd::from(theirs))
            .spawn()?;
        Ok((child, ours))
    }

    /// In a client: its end of the channel.
    pub fn to_manager() -> io::Result<Channel> {
        let channel = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
        channel.peer_addr()?; // fails if it is not a socket, but a terminal, say
        Ok(channel)
    }
}

/// Elsewhere a socket cannot be a standard input.
#[cfg(not(unix))]
mod socket {
    use std::io::{self, ErrorKind};
    use std::process::Child;

    pub type Channel = io::Empty;

    pub fn spawn_self(_: &str) -> io::Result<(Child, Channel)> {
        Err(ErrorKind::Unsupported.into())
    }

    pub fn to_manager() -> io::Result<Channel> {
        Err(ErrorKind::Unsupported.into())
    }
}
