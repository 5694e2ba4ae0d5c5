//! The pattern: numbers in memory that several processes share, and a lock.
//!
//! The memory is that of a file without a name. Each process opens the file for
//! itself, so each has a lock of its own, and the kernel frees both when a process
//! ends, however that happens.

use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, AtomicU32, AtomicU64, Ordering};
use std::thread;

use memmap2::MmapRaw;

/// How many cells the array has.
pub const CELLS: usize = 5;

/// What is shared: atomics only, in the same places in every process (`repr(C)`).
/// It begins with zeros.
#[repr(C)]
struct Contents {
    counter: AtomicU64,
    cells: [AtomicI64; CELLS],
    /// Not 0 while somebody is in the middle of a change.
    changing: AtomicU32,
}

const SIZE: usize = size_of::<Contents>();

/// A counter and an array that several processes change.
pub struct Shared {
    mapping: MmapRaw,
    file: File,
    path: PathBuf,
    #[cfg(not(target_os = "linux"))]
    _name: Option<tempfile::TempPath>,
}

impl Shared {
    /// Makes new memory, which is there until the last process that has opened it
    /// ends.
    #[cfg(target_os = "linux")]
    pub fn create() -> io::Result<Self> {
        use std::os::fd::AsRawFd;
        let file = fill(tempfile::tempfile()?)?;
        // The file has no name, but those who may look into this process may open
        // it: that is the same user.
        let path = format!("/proc/{}/fd/{}", std::process::id(), file.as_raw_fd());
        Ok(Self {
            mapping: map(&file)?,
            file,
            path: path.into(),
        })
    }

    /// Makes new memory: a temporary file, whose name is removed when this value is
    /// dropped.
    #[cfg(not(target_os = "linux"))]
    pub fn create() -> io::Result<Self> {
        let (file, name) = tempfile::NamedTempFile::new()?.into_parts();
        let file = fill(file)?;
        let path = name.to_path_buf();
        Ok(Self {
            mapping: map(&file)?,
            file,
            path,
            _name: Some(name),
        })
    }

    /// Opens memory that another process has made, and holds.
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = File::options().read(true).write(true).open(path)?;
        Ok(Self {
            mapping: map(&file)?,
            file,
            path: path.into(),
            #[cfg(not(target_os = "linux"))]
            _name: None,
        })
    }

    /// Where another process of the same user can open it.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The counter.
    pub fn counter(&self) -> &AtomicU64 {
        &self.contents().counter
    }

    /// The array. Each cell is changed in one step; for a change of several, lock.
    pub fn cells(&self) -> &[AtomicI64; CELLS] {
        &self.contents().cells
    }

    /// Waits until no other process holds the lock, then holds it until the guard
    /// is dropped. Fails if an owner ended in the middle of its change, until
    /// somebody calls [`repair`](Self::repair).
    ///
    /// `&mut`, for two threads of one process share one lock: the compiler has to
    /// keep them apart.
    pub fn lock(&mut self) -> io::Result<Guard<'_>> {
        self.file.lock()?;
        if self.contents().changing.swap(1, Ordering::Acquire) != 0 {
            let _ = self.file.unlock(); // as the guard does
            let text = "an owner of the lock ended in the middle of its change";
            return Err(io::Error::other(text));
        }
        Ok(Guard { memory: self })
    }

    /// As [`lock`](Self::lock), but if an owner ended in the middle of its change,
    /// calls `repair` under the lock, and keeps it.
    pub fn repair(&mut self, repair: impl FnOnce(&Self)) -> io::Result<Guard<'_>> {
        self.file.lock()?;
        let interrupted = self.contents().changing.swap(1, Ordering::Acquire) != 0;
        let guard = Guard { memory: self };
        if interrupted {
            repair(&guard);
        }
        Ok(guard)
    }

    #[expect(unsafe_code, reason = "a mapping is a pointer")]
    #[expect(clippy::cast_ptr_alignment, reason = "a mapping begins with a page")]
    fn contents(&self) -> &Contents {
        // SAFETY: The pointer is valid for as long as `self`, and for `SIZE` bytes,
        // which `map` has made sure of. It is aligned: a mapping begins with a
        // page. Every pattern of bits is a valid `Contents`. Other processes write
        // to it while the reference lives, but all of it is atomics, and this
        // function is the only way to it. Nobody makes the file shorter.
        unsafe { &*self.mapping.as_ptr().cast::<Contents>() }
    }
}

/// The lock is held.
#[must_use = "without a name the lock is released at once"]
pub struct Guard<'a> {
    memory: &'a mut Shared,
}

impl Deref for Guard<'_> {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        self.memory
    }
}

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        if !thread::panicking() {
            self.memory.contents().changing.store(0, Ordering::Release);
        }
        // If this fails, the lock is free at the end of the process.
        let _ = self.memory.file.unlock();
    }
}

/// Writes the zeros: where there is no room for them, that fails here. A file that
/// was only made longer would fail when the memory is used, by a signal.
fn fill(mut file: File) -> io::Result<File> {
    file.write_all(&[0; SIZE])?;
    Ok(file)
}

fn map(file: &File) -> io::Result<MmapRaw> {
    let mapping = MmapRaw::map_raw(file)?;
    if mapping.len() < SIZE {
        return Err(io::Error::new(ErrorKind::InvalidData, "it is too short"));
    }
    Ok(mapping)
}
