//! The pattern: each thread counts into a map of its own, and in the end the maps
//! are merged.

use std::collections::HashMap;
use std::sync::Mutex;
use std::{iter, thread};

use foldhash::fast::RandomState;
use rayon::prelude::*;

/// How often each word occurs. A word is bytes, because the text need not be
/// UTF-8. Most of the time is spent here, so the map has a fast hash function.
pub type Counts = HashMap<Box<[u8]>, u64, RandomState>;

/// Counts on this thread alone.
pub fn serial(pieces: impl Iterator<Item = Vec<u8>>) -> Counts {
    pieces.fold(Counts::default(), count)
}

/// Counts on so many threads. Each has a map of its own, so they share nothing but
/// the pieces.
pub fn with_threads(
    pieces: impl Iterator<Item = Vec<u8>> + Send,
    threads: usize,
) -> Counts {
    let pieces = Mutex::new(pieces);
    thread::scope(|scope| {
        let mut counters = Vec::new();
        for _ in 0..threads {
            counters.push(
                scope.spawn(|| serial(iter::from_fn(|| next_piece(&pieces)))),
            );
        }
        shared::waiting("threads");
        counters
            .into_iter()
            .map(|counter| counter.join().unwrap())
            .fold(Counts::default(), merge)
    })
}

/// When this returns, the lock is free again, so the other threads can get their
/// pieces while this thread counts.
fn next_piece(pieces: &Mutex<impl Iterator<Item = Vec<u8>>>) -> Option<Vec<u8>> {
    pieces.lock().unwrap().next()
}

/// The same with rayon: `fold` gives each thread a map, and `reduce` merges them.
pub fn with_rayon(pieces: impl Iterator<Item = Vec<u8>> + Send) -> Counts {
    shared::waiting("rayon");
    pieces
        .par_bridge()
        .fold(Counts::default, count)
        .reduce(Counts::default, merge)
}

/// Adds the words of one piece. Capital and small letters are the same, in ASCII.
fn count(mut counts: Counts, mut piece: Vec<u8>) -> Counts {
    let _span = shared::span("count");
    piece.make_ascii_lowercase();
    let words = piece.split(|&byte| is_space(byte));
    for word in words.filter(|word| !word.is_empty()) {
        // `entry` would need a copy of each word, although most are there already.
        if let Some(number) = counts.get_mut(word) {
            *number += 1;
        } else {
            counts.insert(word.into(), 1);
        }
    }
    counts
}

/// Adds the smaller map to the larger one.
fn merge(left: Counts, right: Counts) -> Counts {
    let _span = shared::span("merge");
    let (mut counts, smaller) = if left.len() < right.len() {
        (right, left)
    } else {
        (left, right)
    };
    for (word, number) in smaller {
        *counts.entry(word).or_default() += number;
    }
    counts
}

/// Whether a word ends here: at ASCII white space.
pub fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}
