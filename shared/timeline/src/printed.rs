//! Keeps what a run prints, and when, while the reader sees it as ever.

use std::io::{self, BufRead, BufReader, Write};
use std::process::ChildStdout;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use crate::record::now;

/// How long after its end the output of a run is waited for. A process that
/// outlives the run may hold it open.
const LINGER: Duration = Duration::from_millis(500);

/// A line that the run printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Printed {
    /// When it came, in nanoseconds since the first event of the run.
    pub time: u64,
    /// The line.
    pub text: String,
}

/// Reads the output of a run, on a thread of its own.
pub struct Reader {
    lines: Receiver<Printed>,
}

impl Reader {
    /// Begins to read. Each line is passed on to this process's own output, if
    /// `show` says so.
    pub fn start(output: ChildStdout, show: bool) -> Self {
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            let mut output = BufReader::new(output);
            let mut line = Vec::new();
            let mut show = show;
            while output
                .read_until(b'\n', &mut line)
                .is_ok_and(|read| read > 0)
            {
                let time = now();
                // When the own reader has left, the run goes on: it is recorded.
                show = show && io::stdout().write_all(&line).is_ok();
                let text = String::from_utf8_lossy(&line).trim_end().to_owned();
                line.clear();
                if sender.send(Printed { time, text }).is_err() {
                    return;
                }
            }
        });
        Self { lines }
    }

    /// All lines, when the run has ended. Their times count from `start`.
    pub fn finish(self, start: u64) -> Vec<Printed> {
        let end = Instant::now() + LINGER;
        let mut printed = Vec::new();
        while let Ok(line) = self
            .lines
            .recv_timeout(end.saturating_duration_since(Instant::now()))
        {
            let time = line.time.saturating_sub(start);
            printed.push(Printed { time, ..line });
        }
        printed
    }
}
