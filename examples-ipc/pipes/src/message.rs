//! The pattern: a message is its length, and then its bytes. So the receiver knows
//! where it ends, and does not take one that was cut off for a whole one.

use std::io::{self, Read, Write};

use anyhow::{Context, Result, ensure};

/// A longer message is refused, in bytes.
pub const MAX_LEN: u64 = 256 * 1024 * 1024;

/// Sends a message. Fails when the other side is gone.
pub fn send(mut to: impl Write, message: &[u8]) -> io::Result<()> {
    let _span = shared::span("send");
    to.write_all(&(message.len() as u64).to_le_bytes())?;
    to.write_all(message)?;
    to.flush()
}

/// Receives a message, or `None` when the other side has closed the connection.
/// Fails when the end comes in the middle of a message.
pub fn receive(mut from: impl Read) -> Result<Option<Vec<u8>>> {
    shared::waiting("a message");
    let mut length = Vec::new();
    from.by_ref().take(8).read_to_end(&mut length)?;
    let _span = shared::span("receive");
    if length.is_empty() {
        return Ok(None);
    }
    let length = u64::from_le_bytes(
        length.try_into().ok().context("cut off in its length")?,
    );
    ensure!(
        length <= MAX_LEN,
        "{length} bytes are too long for a message"
    );

    // The memory grows with what comes, so a wrong length alone takes none.
    let mut message = Vec::new();
    let received = from.take(length).read_to_end(&mut message)? as u64;
    ensure!(
        received == length,
        "cut off after {received} of {length} bytes"
    );
    Ok(Some(message))
}
