//! Counts words on all cores: each thread counts pieces of the text into a map of
//! its own, and in the end the maps are merged.
//!
//! - Run it: `cargo run -p word-count`, or with a folder of your own:
//!   `cargo run --release -p word-count -- FOLDER`
//! - Look for: all three ways give the same counts. On two idle cores, two of them
//!   need half the time.
//! - Python: `word_count.py`

mod files;
mod made_up;
mod pieces;
#[cfg(test)]
mod tests;
mod words;

use std::cmp::Reverse;
use std::num::NonZero;
use std::path::Path;
use std::time::Instant;
use std::{env, thread};

use anyhow::{Result, bail, ensure};
use files::Files;
use pieces::Pieces;
use words::Counts;

/// How many words to make up. A release build is faster, so it gets more of them.
const WORDS: usize = if cfg!(debug_assertions) {
    120_000
} else {
    10_000_000
};
/// How many of the most frequent words are printed.
const TOP: usize = 5;

fn main() -> Result<()> {
    shared::tidy_output();
    let args: Vec<_> = env::args_os().skip(1).collect();
    match &args[..] {
        [] => compare(),
        [folder] => count_folder(folder.as_ref())?,
        _ => bail!("expected one folder, or nothing"),
    }
    Ok(())
}

/// Counts the same text three times.
fn compare() {
    let text = made_up::text(WORDS);
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    println!("Cores: {cores}");

    // A text in memory is read as a file is, but without errors.
    let pieces = || Pieces::new(&text[..]).flatten();
    let (serial, serial_time) = timed(|| words::serial(pieces()));
    println!("Serial: {serial_time:.2} seconds");

    let (threads, time) = timed(|| words::with_threads(pieces(), cores));
    report("Threads", time, serial_time);

    let (pool, time) = timed(|| words::with_rayon(pieces()));
    report("Pool", time, serial_time);

    println!("Results match: {}", serial == threads && serial == pool);
    print_top(&serial);
}

/// Counts all text files below a folder.
fn count_folder(folder: &Path) -> Result<()> {
    let mut files = Files::below(folder)?;
    let counts = words::with_rayon(&mut files);
    files.finish();

    print_top(&counts);
    println!("Files that are no text: {}", files.no_text);
    files.errors.sort();
    for error in &files.errors {
        println!("Cannot read {error}");
    }
    ensure!(files.errors.is_empty(), "not everything could be read");
    Ok(())
}

fn print_top(counts: &Counts) {
    let mut sorted: Vec<_> = counts.iter().collect();
    sorted.sort_by_key(|&(word, number)| (Reverse(number), word));
    println!("Words: {}", counts.values().sum::<u64>());
    println!("Different words: {}", counts.len());
    for (word, number) in sorted.into_iter().take(TOP) {
        // What is not UTF-8 in a word is shown as U+FFFD.
        println!("  {:?} {number}", String::from_utf8_lossy(word));
    }
}

/// Returns the result of `work`, and how many seconds it took.
fn timed<R>(work: impl FnOnce() -> R) -> (R, f64) {
    let start = Instant::now();
    (work(), start.elapsed().as_secs_f64())
}

fn report(name: &str, time: f64, serial_time: f64) {
    let speed_up = serial_time / time;
    println!("{name}: {time:.2} seconds, {speed_up:.2} times as fast");
}
