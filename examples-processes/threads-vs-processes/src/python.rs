//! The same rows in Python: `threads_vs_processes.py`, asked step by step.

use std::io::{BufRead, BufReader, ErrorKind, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;

use crate::measure::Samples;
use crate::rows::{Effort, Row, Step};

/// Stands beside this program's source.
const SCRIPT: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/threads_vs_processes.py");

/// Python's program while it runs.
pub struct Python {
    process: Child,
    /// It ends when this does.
    to: Option<ChildStdin>,
    from: BufReader<ChildStdout>,
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
        let version = String::new();
        let mut python = Self { process, to, from: BufReader::new(from), version };
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
        let mut request = step.name.to_owned();
        for workers in effort.points() {
            request += &format!(" {workers}");
        }
        let to = self.to.as_mut().context("it is piped")?;
        let _ = writeln!(to, "{request}"); // if it has ended, the answer is missing
        let line = self.read_line()?;
        let measured: Measured = serde_json::from_str(&line)
            .with_context(|| format!("Python's program printed {line:?}"))?;
        ensure!(measured.0.len() == rows.len(), "Python's program has other rows");
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
        let mut line = String::new();
        self.from.read_line(&mut line).context("cannot read from python3")?;
        if let Some(line) = line.strip_suffix('\n') {
            return Ok(line.to_owned());
        }
        self.to = None;
        let status = self.process.wait().context("cannot wait for python3")?;
        bail!("--python: python3 ended with {status}; try it: python3 {SCRIPT}")
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        self.to = None;
        let _ = self.process.wait();
    }
}
