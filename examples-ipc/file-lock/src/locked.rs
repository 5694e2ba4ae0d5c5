//! The pattern: files that several processes use, one process at a time. The system
//! frees a lock when its file is closed, also when the process is killed.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// Returns `None` if another process runs with this lock file. Otherwise keep the
/// lock for as long as only one may run: dropping it frees it.
pub fn only_instance(lock_file: &Path) -> io::Result<Option<File>> {
    let lock = open(lock_file)?;
    match lock.try_lock() {
        Ok(()) => Ok(Some(lock)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Waits for its turn, and replaces the file's text with what `change` makes of it.
/// A process that is killed leaves the old text or the new one, never a part.
pub fn update(path: &Path, change: impl FnOnce(&str) -> String) -> io::Result<()> {
    // The lock has a file of its own, which is never replaced or removed. Otherwise
    // two processes could each lock another file of the same name.
    let lock = open(&beside(path, ".lock"))?;
    shared::waiting("lock");
    lock.lock()?;
    let _span = shared::span("update");
    let old = match fs::read_to_string(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
        result => result?,
    };
    // Always the same name: what a killed process has left is overwritten.
    let unfinished = beside(path, ".new");
    fs::write(&unfinished, change(&old))?;
    fs::rename(unfinished, path)
} // `lock` is dropped here, which frees it

/// The file of the same name with something added to it.
fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn open(lock_file: &Path) -> io::Result<File> {
    OpenOptions::new()
        .create(true)
        .write(true)
        .truncate(false) // it may have been there before
        .open(lock_file)
}
