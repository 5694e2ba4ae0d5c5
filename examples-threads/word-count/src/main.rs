//! Counts words on all cores: each thread counts pieces of the text into a map of
//! its own, and in the end the maps are merged.
//!
//! - Run it: `cargo run -p word-count`, or with a folder of your own:
//!   `cargo run --release -p word-count -- FOLDER`
//! - Look for: all three ways give the same counts. On two idle cores, two of them
//!   need half the time.
//! - Python: `word_count.py`

mod compare;
mod files;
mod made_up;
mod pieces;
#[cfg(test)]
mod tests;
mod words;

use std::cmp::Reverse;
use std::env;
use std::path::Path;

use anyhow::{Result, bail, ensure};
use files::Files;
use words::Counts;

/// How many of the most frequent words are printed.
const TOP: usize = 5;

fn main() -> Result<()> {
    shared::tidy_output();
    let args: Vec<_> = env::args_os().skip(1).collect();
    match &args[..] {
        [] => print_top(&compare::three_ways()),
        [folder] => count_folder(folder.as_ref())?,
        _ => bail!("expected one folder, or nothing"),
    }
    Ok(())
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
