//! The pattern: numbers in memory that several processes share, and a lock.
//!
//! The memory is that of a file without a name. Each process opens the file for
//! itself, so the system frees its memory and its lock when the process ends, even
//! when it is killed.

#![allow(dead_code, reason = "your copy may use only a part of it")]

use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, AtomicU32, AtomicU64, Ordering};
use std::thread;

use memmap2::MmapRaw;

/// How many cells the array has.
pub const CELLS: usize = 5;

/// What is shared: nothing but atomics, which are in the same places in every
/// process because of `repr(C)`. At first all of them are 0.
#[repr(C)]
struct Contents {
    counter: AtomicU64,
    cells: [AtomicI64; CELLS],
    /// Not 0 while the owner of the lock is in the middle of a change.
    changing: AtomicU32,
}

const SIZE: usize = size_of::<Contents>();

/// A counter and an array that several processes change.
pub struct SharedMemory {
    mapping: MmapRaw,
    file: File,
    path: PathBuf,
    #[cfg(not(target_os = "linux"))]
    _name: Option<tempfile::TempPath>,
}

impl SharedMemory {
    /// Makes new memory. It exists until the last process that has opened it ends.
    #[cfg(target_os = "linux")]
    pub fn create() -> io::Result<Self> {
        use std::os::fd::AsRawFd;
        let file = fill(tempfile::tempfile()?)?;
        // The file has no name, but any process of the same user can open it here.
        let path = format!("/proc/{}/fd/{}", std::process::id(), file.as_raw_fd());
        Ok(Self {
            mapping: map(&file)?,
            file,
            path: path.into(),
        })
    }

    /// Makes new memory in a temporary file. Its name is removed when this value is
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

    /// Opens memory that another process has made, and still has.
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

    /// The path at which another process of the same user can open it.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The counter.
    pub fn counter(&self) -> &AtomicU64 {
        &self.contents().counter
    }

    /// The array. You can change one cell in one step, but to change several cells
    /// together, you need the lock.
    pub fn cells(&self) -> &[AtomicI64; CELLS] {
        &self.contents().cells
    }

    /// Waits until no other process holds the lock, and holds it until the guard is
    /// dropped. Fails if an owner ended in the middle of its change, and keeps
    /// failing until somebody calls [`repair`](Self::repair).
    ///
    /// It takes `&mut self` because two threads that share this value would share
    /// one lock, too. So the compiler keeps them apart.
    pub fn lock(&mut self) -> io::Result<MemoryGuard<'_>> {
        self.file.lock()?;
        if self.contents().changing.swap(1, Ordering::Acquire) != 0 {
            self.file.unlock()?;
            let text = "an owner of the lock ended in the middle of its change";
            return Err(io::Error::other(text));
        }
        Ok(MemoryGuard::new(self))
    }

    /// Like [`lock`](Self::lock), but if an owner ended in the middle of its
    /// change, it calls `repair` under the lock instead of failing.
    pub fn repair(
        &mut self,
        repair: impl FnOnce(&Self),
    ) -> io::Result<MemoryGuard<'_>> {
        self.file.lock()?;
        let interrupted = self.contents().changing.swap(1, Ordering::Acquire) != 0;
        let guard = MemoryGuard::new(self);
        if interrupted {
            repair(&guard);
        }
        Ok(guard)
    }

    #[expect(unsafe_code, reason = "a mapping is a pointer")]
    #[expect(clippy::cast_ptr_alignment, reason = "a mapping begins with a page")]
    fn contents(&self) -> &Contents {
        // SAFETY: The pointer is valid as long as `self` lives, and for `SIZE`
        // bytes, which `map` has checked. It is aligned, because a mapping begins
        // with a page. Every pattern of bits is a valid `Contents`. Other processes
        // write while the reference lives, but to atomics only, and there is no
        // other way to these bytes than this function. No process makes the file
        // shorter.
        unsafe { &*self.mapping.as_ptr().cast::<Contents>() }
    }
}

/// As long as it lives, no other process gets the lock.
#[must_use = "without a name, the lock is released at once"]
pub struct MemoryGuard<'a> {
    memory: &'a mut SharedMemory,
    was_panicking: bool,
}

impl<'a> MemoryGuard<'a> {
    fn new(memory: &'a mut SharedMemory) -> Self {
        Self {
            memory,
            was_panicking: thread::panicking(),
        }
    }
}

impl Deref for MemoryGuard<'_> {
    type Target = SharedMemory;

    fn deref(&self) -> &SharedMemory {
        self.memory
    }
}

impl Drop for MemoryGuard<'_> {
    fn drop(&mut self) {
        // As with std's Mutex, a panic counts only if it began under the lock.
        if self.was_panicking || !thread::panicking() {
            self.memory.contents().changing.store(0, Ordering::Release);
        }
        // If this fails, the lock is freed at the end of the process.
        self.memory.file.unlock().ok();
    }
}

/// Writes the zeros, so that a full disk is an error here. If the file were only
/// made longer, a full disk would be a signal that ends the process when it uses
/// the memory.
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
