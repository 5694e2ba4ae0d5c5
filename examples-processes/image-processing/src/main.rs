//! A process for each picture, never more at once than there are cores.
//!
//! - Run it: `cargo run -p image-processing`, or with your own pictures:
//!   `cargo run -p image-processing -- PICTURE... --out FOLDER`
//! - Look for: the pictures are reported in their order, whichever is done first.
//! - Python: `image_processing.py`

mod output;
mod picture;
mod processes;
mod samples;
#[cfg(test)]
mod tests;

use std::ffi::OsString;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::{env, thread};

use anyhow::{Context, Result, bail, ensure};
use output::{Unfinished, quoted};
use processes::Lifeline;

/// No more at once, so that all together hold at most 8 times `picture::MAX_BYTES`.
const MAX_PROCESSES: usize = 8;

fn main() -> Result<()> {
    shared::tidy_output();
    // The children are this same program, started with a role as the argument.
    let args: Vec<OsString> = env::args_os().skip(1).collect();
    let result = match args.as_slice() {
        [role, from, to] if role == "process-picture" => child(from, to),
        [] => demo(),
        [pictures @ .., option, out]
            if option == "--out" && !pictures.is_empty() && !out.is_empty() =>
        {
            parent(pictures, out.as_ref(), &Lifeline::new()?)
        }
        _ => bail!("expected PICTURE... --out FOLDER, or nothing, not {args:?}"),
    };
    match result {
        // The reader closed the pipe (as head does): end quietly.
        Err(error) if is_broken_pipe(&error) => Ok(()),
        other => other,
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .downcast_ref::<io::Error>()
        .is_some_and(|error| error.kind() == ErrorKind::BrokenPipe)
}

/// The child's whole work: one picture in, one file out, and an answer.
fn child(from: &OsString, to: &OsString) -> Result<()> {
    processes::end_with_parent(PathBuf::from(to))?;
    processes::send_answer(picture::process(from.as_ref(), to.as_ref()));
    Ok(())
}

/// Processes four pictures of its own. They and their results stay in a temporary
/// folder, unless the run is interrupted.
fn demo() -> Result<()> {
    let lifeline = Lifeline::new()?;
    let mut folder = tempfile::Builder::new()
        .prefix("image-processing-")
        .tempdir()
        .context("cannot make a temporary folder")?;
    let result = parent(&samples::make(folder.path())?, folder.path(), &lifeline);
    folder.disable_cleanup(!lifeline.is_cut());
    result
}

fn parent(pictures: &[OsString], out: &Path, lifeline: &Lifeline) -> Result<()> {
    let unfinished = Unfinished::new(out)
        .with_context(|| format!("cannot write to {}", quoted(out)))?;
    let at_once = thread::available_parallelism()?.get().min(MAX_PROCESSES);

    let work = |number: usize, picture: &OsString| {
        let file = unfinished.path(number, picture.as_ref());
        lifeline.run_self(&["process-picture".as_ref(), picture, file.as_ref()])?;
        Ok(file)
    };
    let missing = thread::scope(|scope| {
        let results = processes::start(scope, at_once, pictures, &work);
        let missing = output::report(pictures, results, out, lifeline);
        if missing.is_err() {
            lifeline.cut(); // no one reads the results any more
        }
        missing
    })?;

    ensure!(
        !lifeline.is_cut(),
        "interrupted: {missing} pictures are missing"
    );
    writeln!(io::stdout(), "Results in {}", quoted(out))?;
    writeln!(io::stdout(), "Main process exiting.")?;
    ensure!(
        missing == 0,
        "{missing} of {} pictures failed",
        pictures.len()
    );
    Ok(())
}
