//! The pattern: a message is its length, then its bytes. So both sides know where
//! it ends, and one that was cut off is not taken for a whole one.

use std::io::{self, Read, Write};

use anyhow::{Context, Result, ensure};

/// The longest message that is received, in bytes.
pub const LONGEST: u64 = 256 * 1024 * 1024;

/// Sends a message. Fails when the other side is gone.
pub fn send(to: &mut impl Write, message: &[u8]) -> io::Result<()> {
    to.write_all(&(message.len() as u64).to_le_bytes())?;
    to.write_all(message)?;
    to.flush()
}

/// Receives a message, or `None` at the end. Fails when the end comes in the middle
/// of a message, or when the message is too long.
pub fn receive(from: &mut impl Read) -> Result<Option<Vec<u8>>> {
    let mut length = Vec::new();
    from.take(8).read_to_end(&mut length)?;
    if length.is_empty() {
        return Ok(None);
    }
    let length = length.try_into().ok().context("cut off in its length")?;
    let length = u64::from_le_bytes(length);
    ensure!(
        length <= LONGEST,
        "{length} bytes are too long for a message"
    );
    // It grows with what comes: a wrong length alone takes no memory.
    let mut message = Vec::new();
    let came = from.take(length).read_to_end(&mut message)?;
    ensure!(
        came as u64 == length,
        "cut off after {came} of {length} bytes"
    );
    Ok(Some(message))
}
