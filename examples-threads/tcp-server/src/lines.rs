//! The pattern: lines from a client that may be silent, slow, or without end.

use std::io::{self, BufRead, BufReader, Error, ErrorKind, Read};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// How long a line may be, in bytes.
pub const MAX_LINE_LEN: usize = 1024;

/// The lines that a client sends, until it ends or there is an error.
pub struct Lines<'a> {
    reader: BufReader<DeadlineReader<'a>>,
    time: Duration,
}

impl<'a> Lines<'a> {
    /// Gives the client this `time` for each line.
    pub fn new(stream: &'a TcpStream, time: Duration) -> Self {
        let reader = DeadlineReader {
            stream,
            deadline: Instant::now(),
        };
        Self {
            reader: BufReader::new(reader),
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

/// A stream's own time-out begins anew with each byte, so a client that sends a
/// byte now and then would never be too late. This one has a deadline.
struct DeadlineReader<'a> {
    stream: &'a TcpStream,
    deadline: Instant,
}

impl Read for DeadlineReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(ErrorKind::TimedOut.into());
        }
        self.stream.set_read_timeout(Some(left))?;
        match self.stream.read(buffer) {
            // Unix says "would block" when the time is over.
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                Err(ErrorKind::TimedOut.into())
            }
            result => result,
        }
    }
}
