//! Messages between a process and its child: one way through a pipe, both ways
//! through a socket pair.
//!
//! - Run it: `cargo run -p pipes`
//! - Look for: all the bytes arrive, although a pipe holds far fewer at once.
//! - Python: `pipes.py`

mod connect;
mod message;
#[cfg(test)]
mod tests;

use std::env;
use std::io::{self, Read, Write};
use std::process::{Child, Command};

use anyhow::{Context, Result, bail, ensure};

const SIZE: usize = 1024 * 1024;

fn main() -> Result<()> {
    shared::tidy_output();
    // The children are this same program, started with a role as the argument.
    match env::args().nth(1).as_deref() {
        None => parent(),
        Some("sender") => sender(),
        Some("echo") => echo(connect::to_parent()?),
        Some(other) => bail!("there is no role \"{other}\""),
    }
}

/// A child: its standard output is the pipe.
fn sender() -> Result<()> {
    message::send(io::stdout().lock(), &bytes(SIZE)).context("cannot send")
}

/// A child: sends each message back, until the parent closes the connection.
fn echo(mut connection: impl Read + Write) -> Result<()> {
    while let Some(message) = message::receive(&mut connection)? {
        message::send(&mut connection, &message).context("cannot answer")?;
    }
    Ok(())
}

fn parent() -> Result<()> {
    let received = one_way(connect::run_self("sender")?)?;
    ensure!(received == bytes(SIZE), "other bytes came");
    println!("One way, over a pipe: {SIZE} bytes came");

    let answer = both_ways(connect::run_self("echo")?, &bytes(SIZE))?;
    ensure!(answer == bytes(SIZE), "other bytes came back");
    println!("Both ways, over {}: {SIZE} bytes came back", connect::BY);
    Ok(())
}

fn one_way(command: Command) -> Result<Vec<u8>> {
    let (child, mut from_child) = connect::one_way(command)?;
    let received = message::receive(&mut from_child);
    // If the message was refused, the child is still writing. Now it gets an error.
    drop(from_child);
    wait_for(child, received)
}

/// Sends first and then receives, while the child does the opposite. So one of the
/// two always reads what the other one writes.
fn both_ways(command: Command, question: &[u8]) -> Result<Vec<u8>> {
    let (child, mut connection) = connect::both_ways(command)?;
    let answer = message::send(&mut connection, question)
        .context("cannot send")
        .and_then(|()| message::receive(&mut connection));
    drop(connection); // the child reads the end, and ends
    wait_for(child, answer)
}

fn wait_for(
    mut child: Child,
    received: Result<Option<Vec<u8>>>,
) -> Result<Vec<u8>> {
    let status = child.wait()?;
    received
        .and_then(|message| message.context("no message came"))
        .with_context(|| format!("the child ended with {status}"))
}

/// Any bytes, in which a missing part would show.
fn bytes(size: usize) -> Vec<u8> {
    b"hello world".repeat(size / 11 + 1)[..size].to_vec()
}
