//! A channel in shared memory: words, and a number that says whose turn it is.

use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::sync::atomic::{
    AtomicU64,
    Ordering::{Acquire, Relaxed, Release},
};
use std::{hint, thread};

use memmap2::MmapRaw;

use crate::channel::{Channel, MAX_LEN};

const WORDS: usize = MAX_LEN / 8;
/// The turn after the last message: one side has ended.
const END: u64 = u64::MAX;
/// How often the receiver yields before it checks that the other side still runs.
const YIELDS: u32 = 1_000;

#[repr(C)]
struct Contents {
    turn: AtomicU64,
    words: [AtomicU64; WORDS],
}

/// One end. `turn` rises by one with each message, so the other side sees that the
/// message is complete, and neither needs a lock.
pub struct Memory {
    mapping: MmapRaw,
    turn: u64,
    /// How often it looks at `turn` before it gives its core to another thread.
    spins: u32,
    is_gone: Box<dyn FnMut() -> bool + Send>,
}

/// A file without a name, large enough for a message. Both sides map it.
pub fn new_file() -> io::Result<File> {
    let mut file = tempfile::tempfile()?;
    file.write_all(&vec![0; size_of::<Contents>()])?;
    Ok(file)
}

impl Memory {
    /// Maps the file. `is_gone` says whether the other side has ended.
    pub fn map(
        file: &File,
        spins: u32,
        is_gone: impl FnMut() -> bool + Send + 'static,
    ) -> io::Result<Self> {
        let mapping = MmapRaw::map_raw(file)?;
        if mapping.len() < size_of::<Contents>() {
            return Err(ErrorKind::InvalidData.into());
        }
        Ok(Self {
            mapping,
            turn: 0,
            spins,
            is_gone: Box::new(is_gone),
        })
    }

    #[expect(unsafe_code, reason = "a mapping is a pointer")]
    #[expect(clippy::cast_ptr_alignment, reason = "a mapping begins with a page")]
    fn contents(&self) -> &Contents {
        // SAFETY: The mapping lives as long as `self`, is long enough (`map` has
        // checked it) and begins with a page. Every pattern of bits is a valid
        // `Contents`, and all processes change it by atomics only.
        unsafe { &*self.mapping.as_ptr().cast::<Contents>() }
    }
}

impl Channel for Memory {
    fn send(&mut self, message: &[u8]) -> io::Result<()> {
        self.turn += 1;
        let contents = self.contents();
        for (word, bytes) in contents.words.iter().zip(message.as_chunks().0) {
            word.store(u64::from_ne_bytes(*bytes), Relaxed);
        }
        contents.turn.store(self.turn, Release); // the words before it
        Ok(())
    }

    fn receive(&mut self, message: &mut [u8]) -> io::Result<()> {
        self.turn += 1;
        let mut yields = 0;
        loop {
            for _ in 0..=self.spins {
                match self.contents().turn.load(Acquire) {
                    END => return Err(ErrorKind::UnexpectedEof.into()),
                    turn if turn == self.turn => {
                        let words = &self.contents().words;
                        for (word, bytes) in
                            words.iter().zip(message.as_chunks_mut().0)
                        {
                            *bytes = word.load(Relaxed).to_ne_bytes();
                        }
                        return Ok(());
                    }
                    _ => hint::spin_loop(),
                }
            }
            thread::yield_now();
            yields += 1;
            if yields % YIELDS == 0 && (self.is_gone)() {
                return Err(ErrorKind::UnexpectedEof.into());
            }
        }
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        self.contents().turn.store(END, Release);
    }
}
