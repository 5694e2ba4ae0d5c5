//! What `--svg` and `--json` write: whole files or none.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::Mutex;

use anyhow::{Context, Result};

use crate::options::Options;
use crate::report::Report;
use crate::svg;

/// Held while there is a temporary file.
static WRITING: Mutex<()> = Mutex::new(());

/// Finds out, before everything is measured, whether the files can be written.
pub fn check(options: &Options) -> Result<()> {
    if let Some(folder) = &options.svg {
        // What is not there yet is made in what is there.
        let there = folder.ancestors().find(|folder| folder.exists());
        let there = there.unwrap_or(Path::new(""));
        can_hold_files(there).with_context(|| cannot_write(folder))?;
    }
    if let Some(file) = &options.json {
        let folder = file.parent().unwrap_or(Path::new("/"));
        let checked = if file.is_dir() {
            Err(io::ErrorKind::IsADirectory.into())
        } else if is_device(file) {
            Ok(())
        } else {
            can_hold_files(folder)
        };
        checked.with_context(|| cannot_write(file))?;
    }
    Ok(())
}

/// A terminal, say, or a pipe: what is there, and is no file of bytes.
fn is_device(file: &Path) -> bool {
    fs::metadata(file).is_ok_and(|file| !file.is_file())
}

fn can_hold_files(folder: &Path) -> io::Result<()> {
    let folder = if folder == Path::new("") {
        Path::new(".")
    } else {
        folder
    };
    if !fs::metadata(folder)?.is_dir() {
        return Err(io::ErrorKind::NotADirectory.into());
    }
    #[cfg(unix)]
    rustix::fs::access(folder, rustix::fs::Access::WRITE_OK)?;
    Ok(())
}

/// Writes the pictures and the samples that were asked for.
pub fn write(options: &Options, report: &Report) -> Result<()> {
    // No measurement is under way, so this is all that Ctrl-C has to wait for.
    ctrlc::set_handler(|| {
        let _written = WRITING.lock();
        process::exit(130);
    })
    .context("cannot wait for Ctrl-C")?;
    if let Some(folder) = &options.svg {
        fs::create_dir_all(folder).with_context(|| cannot_write(folder))?;
        write_whole(&folder.join("costs.svg"), &svg::costs(report))?;
        write_whole(&folder.join("speed-up.svg"), &svg::speed_up(report))?;
    }
    if let Some(file) = &options.json {
        write_whole(file, &(serde_json::to_string_pretty(report)? + "\n"))?;
    }
    Ok(())
}

/// Under a temporary name first: nobody ever sees half a file.
fn write_whole(file: &Path, text: &str) -> Result<()> {
    if is_device(file) {
        // To rename would replace it.
        return fs::write(file, text).with_context(|| cannot_write(file));
    }
    let _writing = WRITING.lock().unwrap();
    let name = file.file_name().context("no name for a file")?.display();
    let temporary = format!(".{name}.{}.tmp", process::id());
    let temporary: PathBuf = file.with_file_name(temporary);
    let written = fs::write(&temporary, text);
    let written = written.and_then(|()| fs::rename(&temporary, file));
    if written.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    written.with_context(|| cannot_write(file))
}

fn cannot_write(file: &Path) -> String {
    format!("cannot write {}", file.display())
}
