//! What threads and processes cost, measured here: a row for each claim.
//!
//! - Run it: `cargo run -p threads-vs-processes` for a first look, and
//!   `cargo run --release -p threads-vs-processes` for numbers.
//!   Arguments: `--python`, `--svg DIR`, `--json FILE`
//! - Look for: where the ratio is a thousand, and where it is one.
//! - Python: `threads_vs_processes.py`

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "three digits of a figure are enough"
)]

mod channel;
mod child;
mod cores;
mod files;
mod machine;
mod measure;
mod options;
mod pool;
mod progress;
mod python;
mod report;
mod rows;
#[allow(
    dead_code,
    reason = "the pattern, whole: here only the counter is used"
)]
mod shared_memory;
mod svg;
mod table;
#[cfg(test)]
mod tests;
mod worker;

use std::env;
use std::ffi::OsString;
use std::fmt::Display;
use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

use anyhow::{Context, Result};

use options::Options;
use report::Report;
use rows::{Effort, STEPS, Task};

fn main() -> ExitCode {
    shared::tidy_output();
    pool::serve::<Task>(); // a worker of a pool stays in here

    let args: Vec<OsString> = env::args_os().skip(1).collect();
    if args.first().is_some_and(|first| first == worker::ROLE) {
        let role: Vec<&str> =
            args[1..].iter().filter_map(|arg| arg.to_str()).collect();
        if let Some(ended) = worker::run(&role) {
            // Main is told by the end of the worker, and says it.
            return ExitCode::from(u8::from(ended.is_err()));
        }
    }
    match Options::parse(args.into_iter()) {
        Ok(options) => exit_code(run(&options)),
        Err(wrong) => {
            let _ = writeln!(io::stderr(), "{wrong}");
            ExitCode::from(2)
        }
    }
}

fn run(options: &Options) -> Result<()> {
    files::check(options)?;
    let effort = Effort::of_this_build();
    let mut python = None;
    if options.python {
        python = Some(python::Python::start(&effort)?);
    }
    let version = python.as_ref().map(|python| python.version.as_str());
    let mut report = Report::new(effort.cores, version);
    say(report.heading())?;
    say(table::head(options.python))?;
    for (number, step) in STEPS.iter().enumerate() {
        let _span = shared::span(step.name);
        progress::show(number, step.name);
        let rows = (step.measure)(&effort).context(step.name)?;
        let pythons = match &mut python {
            Some(python) => python.measure(step, &effort, &rows)?,
            None => Vec::new(),
        };
        progress::clear();
        for (place, row) in rows.iter().enumerate() {
            if row.is_printed(effort.cores) {
                say(table::lines(row, pythons.get(place)))?;
            }
        }
        report.rows.extend(rows);
        report.python.extend(pythons);
    }
    drop(python); // its time counts as ours from now on
    say(report.closing())?;
    files::write(options, &report)
}

fn say(line: impl Display) -> Result<()> {
    writeln!(io::stdout(), "{line}").context("cannot print")
}

fn exit_code(result: Result<()>) -> ExitCode {
    let Err(error) = result else {
        return ExitCode::SUCCESS;
    };
    progress::clear();
    // Whoever read our lines has left (`| head -1`): nobody to tell.
    let left = |error: &io::Error| error.kind() == ErrorKind::BrokenPipe;
    if !error.downcast_ref().is_some_and(left) {
        let _ = writeln!(io::stderr(), "{error:#}");
    }
    ExitCode::FAILURE
}
