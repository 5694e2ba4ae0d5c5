//! The same rows in Python: `threads_vs_processes.py`, asked step by step.

use std::io::{BufRead, BufReader, ErrorKind, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;

use crate::measure::Samples;
use crate::rows::{Effort, Row, Step};

/// Stands beside this program's source.
const SCRIPT: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/threads_vs_processes.py");

/// A step takes a few seconds. A Python pool whose worker is killed waits for ever.
const LONGEST: Duration = Duration::from_secs(60);

/// Python's program while it runs.
pub struct Python {
    process: Child,
    /// It ends when this does.
    to: Option<ChildStdin>,
    lines: Receiver<String>,
    /// Of Python, and how it starts processes.
    pub version: String,
}

/// A line of its output: two lists of samples for each row. No list where there is
/// nothing to measure.
#[derive(Deserialize)]
struct Measured(Vec<[Option<Vec<f64>>; 2]>);

impl Python {
    /// Starts it.
    pub fn start(effort: &Effort) -> Result<Self> {
        let seconds = effort.budget.as_secs_f64().to_string();
        let started = Command::new("python3")
            .args([SCRIPT, "--steps", &seconds])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null()) // its end is enough
            .spawn();
        let mut process = match started {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                bail!("--python: there is no python3 on the PATH")
            }
            started => started.context("--python: cannot start python3")?,
        };
        let to = process.stdin.take();
        let from = process.stdout.take().context("it is piped")?;
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            let lines = BufReader::new(from).lines().map_while(Result::ok);
            lines.for_each(|line| drop(sender.send(line)));
        });
        let mut python = Self {
            process,
            to,
            lines,
            version: String::new(),
        };
        python.version = python.read_line()?;
        Ok(python)
    }

    /// Measures a step. Returns rows like these, Rust's.
    pub fn measure(
        &mut self,
        step: &Step,
        effort: &Effort,
        rows: &[Row],
    ) -> Result<Vec<Row>> {
        shared::waiting("Python");
        let points = effort.points().into_iter().map(|point| point.to_string());
        let request: Vec<String> =
            [step.name.into()].into_iter().chain(points).collect();
        let to = self.to.as_mut().context("it is piped")?;
        // If it has ended, the answer is missing.
        let _ = writeln!(to, "{}", request.join(" "));
        let line = self.read_line()?;
        let measured: Measured = serde_json::from_str(&line)
            .with_context(|| format!("Python's program printed {line:?}"))?;
        ensure!(
            measured.0.len() == rows.len(),
            "Python's program has other rows"
        );
        let pairs = rows.iter().zip(measured.0);
        let rows = pairs.map(|(row, [threads, processes])| Row {
            threads: threads.map(Samples::of),
            processes: processes.map(Samples::of),
            means: String::new(),
            ..row.clone()
        });
        Ok(rows.collect())
    }

    fn read_line(&mut self) -> Result<String> {
        let error = match self.lines.recv_timeout(LONGEST) {
            Ok(line) => return Ok(line),
            Err(error) => error,
        };
        self.to = None;
        let mut how = "ended with";
        if error == RecvTimeoutError::Timeout {
            how = "does not go on, and was ended with";
            let _ = self.process.kill(); // its workers end by themselves
        }
        let status = self.process.wait().context("cannot wait for python3")?;
        bail!("--python: python3 {how} {status}; try it: python3 {SCRIPT}")
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        self.to = None;
        let _ = self.process.wait();
    }
}
