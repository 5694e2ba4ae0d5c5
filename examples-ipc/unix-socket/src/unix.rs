//! Where the server is found: at a path, in a folder that only this user can enter.

use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};

pub type Stream = UnixStream;

/// Dropping it removes the file at the path.
pub struct Listener {
    socket: UnixListener,
    path: PathBuf,
    _lock: File,
}

impl Listener {
    /// Listens at a path in a folder of its own, which only this user can enter.
    /// Fails if a server does so already; a file that one has left does no harm.
    pub fn bind(path: &Path) -> io::Result<Self> {
        // The system frees the lock when the process ends, however that happens.
        let folder = path.parent().filter(|folder| *folder != Path::new(""));
        let lock = File::open(folder.unwrap_or(Path::new(".")))?;
        lock.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => ErrorKind::AddrInUse.into(),
            TryLockError::Error(error) => error,
        })?;
        match fs::remove_file(path) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error)?,
            _ => {}
        }
        Ok(Self {
            socket: UnixListener::bind(path)?,
            path: path.into(),
            _lock: lock,
        })
    }

    /// Waits for the next client.
    pub fn accept(&self) -> io::Result<Stream> {
        Ok(self.socket.accept()?.0)
    }

    /// Ends the waiting in `accept`, which returns only for a client: it is one.
    pub fn wake(&self) {
        UnixStream::connect(&self.path).ok();
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        fs::remove_file(&self.path).ok();
    }
}
