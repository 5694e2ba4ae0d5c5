//! Messages to and from a child, one way and both ways.

use std::io;
use std::process::{Child, Stdio};

use anyhow::{Context, Result, bail, ensure};

use crate::{again, input, message, two_way};

/// A child sends a message through a pipe that is its standard output.
pub fn one_way(size: usize) -> Result<usize> {
    let _span = shared::span("one way");
    let (mut from_child, to_parent) = io::pipe().context("cannot make a pipe")?;
    let child = again("send", Some(size))?.stdout(to_parent).spawn();
    // The command is gone, and with it our copy of the writing end: the pipe ends
    // when the child does.
    let child = child.context("cannot start a child")?;
    let message = message::receive(&mut from_child);
    drop(from_child); // nobody reads what was not received
    check(message, child, size)
}

/// A child gets a message and sends it back, by the same connection. One speaks at
/// a time, so neither waits for the other to read.
pub fn both_ways(size: usize) -> Result<usize> {
    let _span = shared::span("both ways");
    let (child, mut connection) = two_way::start(again("answer", None)?)?;
    let sent = message::send(&mut connection, &input(size)).context("cannot send");
    let message = sent.and_then(|()| message::receive(&mut connection));
    drop(connection); // the end of the conversation: the child ends
    check(message, child, size)
}

/// The child of `both_ways`.
pub fn answer() -> Result<()> {
    let mut connection = two_way::to_parent().context("no connection")?;
    while let Some(message) = message::receive(&mut connection)? {
        message::send(&mut connection, &message).context("cannot answer")?;
    }
    Ok(())
}

/// Waits for the child, and checks its message.
fn check(
    message: Result<Option<Vec<u8>>>,
    mut child: Child,
    size: usize,
) -> Result<usize> {
    let status = child.wait().context("cannot wait for the child")?;
    let message = message
        .and_then(|message| message.context("no message came"))
        .with_context(|| format!("the child ended with {status}"))?;
    ensure!(message == input(size), "other bytes came");
    Ok(message.len())
}

/// Writes to a child that has ended. Returns the error.
pub fn write_to_nobody(size: usize) -> Result<io::Error> {
    let _span = shared::span("to nobody");
    let mut child = again("leave", None)?
        .stdin(Stdio::piped())
        .spawn()
        .context("cannot start a child")?;
    let mut to_child = child.stdin.take().expect("it is piped");
    child.wait().context("cannot wait for the child")?;
    match message::send(&mut to_child, &input(size)) {
        Ok(()) => bail!("a child that is gone has taken {size} bytes"),
        Err(error) => Ok(error),
    }
}
