//! The pattern: lines from a client, and answers to it, each with a deadline.

use std::io::{self, BufRead, BufReader, Error, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// How long a line may be, in bytes.
pub const MAX_LINE_LEN: usize = 1024;

/// The lines that a client sends, until it ends or there is an error.
pub struct Lines<'a> {
    reader: BufReader<DeadlineStream<'a>>,
    time: Duration,
}

impl<'a> Lines<'a> {
    /// Gives the client this `time` for each line.
    pub fn new(stream: &'a TcpStream, time: Duration) -> Self {
        Self {
            reader: BufReader::new(DeadlineStream::new(stream, time)),
            time,
        }
    }

    /// Returns the next line without its end, or `None` if no more will come.
    pub fn next_line(&mut self) -> io::Result<Option<String>> {
        self.reader.get_mut().deadline = Instant::now() + self.time;
        let mut line = Vec::new();
        let limit = MAX_LINE_LEN as u64 + 1; // and its end
        self.reader
            .by_ref()
            .take(limit)
            .read_until(b'\n', &mut line)?;
        match line.pop() {
            None => Ok(None),
            Some(b'\n') => String::from_utf8(line)
                .map(Some)
                .map_err(|error| Error::new(ErrorKind::InvalidData, error)),
            Some(_) if line.len() == MAX_LINE_LEN => {
                let text = format!("a line is longer than {MAX_LINE_LEN} bytes");
                Err(Error::new(ErrorKind::InvalidData, text))
            }
            Some(_) => Err(ErrorKind::UnexpectedEof.into()),
        }
    }
}

/// A stream's own time-out begins again with each `read` or `write`, so a client
/// that sends or reads a byte now and then would never be too late. This one has a
/// deadline.
pub struct DeadlineStream<'a> {
    stream: &'a TcpStream,
    deadline: Instant,
}

impl<'a> DeadlineStream<'a> {
    /// All that is read or written has to be done within this `time`.
    pub fn new(stream: &'a TcpStream, time: Duration) -> Self {
        let deadline = Instant::now() + time;
        Self { stream, deadline }
    }

    fn time_left(&self) -> io::Result<Option<Duration>> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(ErrorKind::TimedOut.into());
        }
        Ok(Some(left))
    }
}

impl Read for DeadlineStream<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream.set_read_timeout(self.time_left()?)?;
        self.stream.read(buffer).map_err(timed_out)
    }
}

impl Write for DeadlineStream<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream.set_write_timeout(self.time_left()?)?;
        self.stream.write(bytes).map_err(timed_out)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Unix says "would block" when the time is over.
fn timed_out(error: Error) -> Error {
    match error.kind() {
        ErrorKind::WouldBlock => ErrorKind::TimedOut.into(),
        _ => error,
    }
}
