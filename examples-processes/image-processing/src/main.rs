//! One process a picture, never more at once than there are cores.
//!
//! - Run it: `cargo run -p image-processing`, or with your own pictures:
//!   `cargo run -p image-processing -- PICTURE... --out FOLDER`
//! - Look for: pictures are reported in their order, whichever is done first.
//! - Python: `image_processing.py`

mod arguments;
mod output;
mod picture;
mod processes;
mod samples;
#[cfg(test)]
mod tests;

use std::ffi::OsString;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::mpsc::Receiver;
use std::{env, fs, thread};

use anyhow::{Context, Result, ensure};

use output::TemporaryFolder;

/// The first argument of the program in its other role.
const ROLE: &str = "--process-one-picture";

/// A picture, and the file name of its result.
type Job = (PathBuf, OsString);

fn main() -> ExitCode {
    shared::tidy_output();
    let args: Vec<OsString> = env::args_os().skip(1).collect();
    if let [role, from, to] = args.as_slice()
        && role == ROLE
    {
        return exit_code(process_one(from.as_ref(), to.as_ref()));
    }
    match arguments::parse(args) {
        Ok(request) => exit_code(run(request)),
        Err(wrong) => {
            let _ = writeln!(io::stderr(), "{wrong}");
            ExitCode::from(2)
        }
    }
}

/// The child's whole work: one picture, one file.
fn process_one(from: &Path, to: &Path) -> Result<ExitCode> {
    let unfinished = to.to_owned();
    processes::end_with_parent(move || {
        let _ = fs::remove_file(&unfinished);
        let _ = unfinished.parent().map(fs::remove_dir);
    });
    picture::process(from, to)?;
    Ok(ExitCode::SUCCESS)
}

fn run(request: Option<(Vec<PathBuf>, PathBuf)>) -> Result<ExitCode> {
    processes::stop_on_ctrl_c()?;
    let (pictures, out) = request.map_or_else(samples::make, Ok)?;
    let cannot_write = || format!("cannot write to {}", out.display());
    fs::create_dir_all(&out).with_context(cannot_write)?;
    let unfinished = TemporaryFolder::new_in(&out).with_context(cannot_write)?;
    let names = output::names(&pictures, &out);
    let jobs: Vec<Job> = pictures.into_iter().zip(names).collect();

    // A result gets its name when it is whole: nobody ever sees half of it.
    let process = |(picture, name): &Job| -> Result<()> {
        ensure!(!processes::stopped(), "not begun");
        let unfinished = unfinished.join(name);
        let args = [ROLE.as_ref(), picture.as_os_str(), unfinished.as_os_str()];
        processes::run_again(&args)?;
        fs::rename(&unfinished, out.join(name)).context("cannot name the result")
    };
    let cores = thread::available_parallelism()?.get();
    let failed = thread::scope(|scope| {
        let results = processes::start(scope, cores, &jobs, &process);
        report(&jobs, results).inspect_err(|_| processes::stop())
    })?;
    if processes::stopped() {
        return Ok(ExitCode::from(130)); // what shells report for Ctrl-C
    }
    writeln!(
        io::stdout(),
        "Results in {}\nMain process exiting.",
        out.display()
    )?;
    Ok(if failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

/// Prints what became of each picture, in their order. Returns whether one failed.
fn report(jobs: &[Job], results: Vec<Receiver<Result<()>>>) -> io::Result<bool> {
    let (mut out, mut err) = (io::stdout(), io::stderr());
    writeln!(out, "Main process continues executing...")?;
    let (mut failed, mut missing) = (false, 0);
    for ((picture, name), result) in jobs.iter().zip(results) {
        shared::waiting("result");
        match result.recv().expect("every job sends its result") {
            Ok(()) => writeln!(out, "Image processed: {}", name.display())?,
            Err(_) if processes::stopped() => missing += 1,
            Err(error) => {
                failed = true;
                let _ = writeln!(err, "{}: {error:#}", picture.display());
            }
        }
    }
    if processes::stopped() {
        let _ = writeln!(err, "Interrupted: {missing} pictures are not processed");
    }
    Ok(failed)
}

fn exit_code(result: Result<ExitCode>) -> ExitCode {
    result.unwrap_or_else(|error| {
        // Whoever read our lines has left (`| head -1`): nobody to tell.
        let left = |error: &io::Error| error.kind() == ErrorKind::BrokenPipe;
        if !error.downcast_ref().is_some_and(left) {
            let _ = writeln!(io::stderr(), "{error:#}");
        }
        ExitCode::FAILURE
    })
}
