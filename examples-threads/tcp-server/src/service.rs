//! What this server does: it answers each line by the same in capitals.

use std::io::{self, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::lines::{DeadlineStream, Lines};

/// Serves one client until it ends, or the server is stopped. The client gets this
/// `time` for each line, and for taking each answer.
pub fn serve(
    client: &TcpStream,
    time: Duration,
    is_stopped: impl Fn() -> bool,
    work: impl Fn(),
) {
    if let Err(error) = answer_lines(client, time, is_stopped, work) {
        println!("[server] closes a connection: {error}");
        let client = DeadlineStream::new(client, time);
        send_line(client, &format!("error: {error}")).ok();
    }
}

fn answer_lines(
    client: &TcpStream,
    time: Duration,
    is_stopped: impl Fn() -> bool,
    work: impl Fn(),
) -> io::Result<()> {
    let mut lines = Lines::new(client, time);
    // Lines that came before the stop may still be waiting.
    while !is_stopped()
        && let Some(line) = lines.next_line()?
    {
        work();
        send_line(DeadlineStream::new(client, time), &line.to_uppercase())?;
    }
    Ok(())
}

/// Sends a line in one write. If you wrote its end separately, it could wait until
/// the other side has confirmed the rest, for 40 ms on Linux.
pub fn send_line(mut to: impl Write, line: &str) -> io::Result<()> {
    to.write_all(format!("{line}\n").as_bytes())
}
