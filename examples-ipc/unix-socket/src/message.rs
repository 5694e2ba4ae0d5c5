//! The frame: the length, and then the message itself, in one write.

use std::io::{self, Error, ErrorKind, Read, Write};

/// What is longer is refused, so that no client can fill the memory.
pub const MAX_LEN: usize = 64 * 1024;

/// Sends a message.
pub fn send(mut to: impl Write, message: &str) -> io::Result<()> {
    if message.len() > MAX_LEN {
        return Err(Error::new(ErrorKind::InvalidInput, "it is too long"));
    }
    let len = u32::try_from(message.len()).expect("it is short");
    // One write: over TCP, a second one could wait for a confirmation of the first.
    to.write_all(&[&len.to_le_bytes(), message.as_bytes()].concat())
}

/// Receives a message, or `None` if the other side has ended between two messages.
pub fn receive(mut from: impl Read) -> io::Result<Option<String>> {
    let cut_off = |_| Error::new(ErrorKind::UnexpectedEof, "cut off in a message");
    let mut len = [0; 4];
    if from.read(&mut len[..1])? == 0 {
        return Ok(None);
    }
    from.read_exact(&mut len[1..]).map_err(cut_off)?;
    let len = u32::from_le_bytes(len) as usize;
    if len > MAX_LEN {
        return Err(Error::new(ErrorKind::InvalidData, "it is too long"));
    }
    let mut message = vec![0; len];
    from.read_exact(&mut message).map_err(cut_off)?;
    String::from_utf8(message)
        .map(Some)
        .map_err(|error| Error::new(ErrorKind::InvalidData, error))
}
