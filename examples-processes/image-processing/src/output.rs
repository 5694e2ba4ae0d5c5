//! Where the results go: a hidden folder until they are whole, then a name that is
//! free.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::Receiver;

use anyhow::{Context, Result};
use tempfile::{Builder, TempDir, TempPath};

use crate::processes::Lifeline;

/// The hidden folders of all runs begin so.
const PREFIX: &str = ".image-processing-";

/// A hidden folder for unfinished results, on the same disk as the finished ones.
/// It is removed when this is dropped.
pub struct Unfinished {
    folder: TempDir,
    /// Says to other runs that this one uses the output folder. The system frees it
    /// when this process ends. (Windows cannot lock a folder.)
    _lock: Option<File>,
}

impl Unfinished {
    /// Makes it in `out`. If no other run uses `out`, removes what runs that were
    /// killed have left there.
    pub fn new(out: &Path) -> io::Result<Self> {
        fs::create_dir_all(out)?;
        let lock = File::open(out).ok();
        if let Some(folder) = &lock {
            if folder.try_lock().is_ok() {
                remove_leftovers(out)?;
                folder.unlock()?;
            }
            let _ = folder.lock_shared(); // some network disks have no locks
        }
        let folder = Builder::new().prefix(PREFIX).tempdir_in(out)?;
        Ok(Self {
            folder,
            _lock: lock,
        })
    }

    /// A file for the unfinished result of this picture.
    pub fn path(&self, number: usize, picture: &Path) -> PathBuf {
        let is_png = picture
            .extension()
            .is_some_and(|extension| extension.eq_ignore_ascii_case("png"));
        let format = if is_png { "png" } else { "jpg" };
        self.folder.path().join(format!("{number}.{format}"))
    }
}

fn remove_leftovers(out: &Path) -> io::Result<()> {
    for entry in fs::read_dir(out)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default();
        if name.to_string_lossy().starts_with(PREFIX) {
            fs::remove_dir_all(path)?;
        }
    }
    Ok(())
}

/// Names the results and prints a line for each, in the order of the pictures.
/// Returns how many are missing.
pub fn report(
    pictures: &[OsString],
    results: Vec<Receiver<Result<PathBuf>>>,
    out: &Path,
    lifeline: &Lifeline,
) -> Result<usize> {
    // Not `println!`, which would end the program with its temporary files.
    let mut stdout = io::stdout();
    writeln!(stdout, "Main process continues executing...")?;
    let mut missing = 0;
    for (picture, result) in pictures.iter().map(Path::new).zip(results) {
        shared::waiting("result");
        let file = result.recv().expect("every picture sends its result");
        match file.and_then(|file| name_result(&file, picture, out)) {
            Ok(name) => writeln!(stdout, "Image processed: {}", quoted(&name))?,
            Err(error) => {
                missing += 1;
                if !lifeline.is_cut() {
                    let _ =
                        writeln!(io::stderr(), "{}: {error:#}", quoted(picture));
                }
            }
        }
    }
    Ok(missing)
}

/// Gives a finished result its name in `out`: "processed_" and the name of the
/// picture, with a number if there is a file of that name. Returns the name.
pub fn name_result(file: &Path, picture: &Path, out: &Path) -> Result<PathBuf> {
    let mut unnamed = TempPath::try_from_path(file)?;
    let mut stem = Path::new("processed_").as_os_str().to_owned();
    stem.push(picture.file_stem().unwrap_or_default());
    let mut number = 1;
    loop {
        let mut name = stem.clone();
        if number > 1 {
            name.push(format!("-{number}"));
        }
        name.push(".");
        name.push(file.extension().unwrap_or_default());
        match unnamed.persist_noclobber(out.join(&name)) {
            Ok(()) => return Ok(name.into()),
            Err(error) if error.error.kind() == ErrorKind::AlreadyExists => {
                unnamed = error.path;
                number += 1;
            }
            Err(error) => {
                return Err(error.error).context("cannot name the result");
            }
        }
    }
}

/// A name for the terminal. One with control characters is printed as in Rust's
/// source, so that it cannot change the screen or look like two lines.
pub fn quoted(path: &Path) -> String {
    let name = path.to_string_lossy();
    if name.contains(char::is_control) {
        return format!("{name:?}");
    }
    name.into_owned()
}
