//! What word-count costs: counts the words below a folder in one way and prints the
//! seconds that it took and how many words there are, for `word_count.py`.

#[allow(dead_code, reason = "the errors are word-count's business")]
#[path = "../../examples-threads/word-count/src/files.rs"]
mod files;
#[path = "../../examples-threads/word-count/src/pieces.rs"]
mod pieces;
#[path = "../../examples-threads/word-count/src/words.rs"]
mod words;

use std::num::NonZero;
use std::time::Instant;
use std::{env, thread};

use anyhow::{Context, Result, bail};
use files::Files;
use rayon::prelude::*;

fn main() -> Result<()> {
    let way = env::args().nth(1).context("expected a way")?;
    let folder = env::args_os().nth(2).context("expected a folder")?;
    let start = Instant::now();
    let files = Files::below(folder.as_ref())?;
    let sum = |counts: words::Counts| counts.values().sum::<u64>();
    let words = match way.as_str() {
        "serial" => sum(words::serial(files)),
        "threads" => {
            let cores = thread::available_parallelism().map_or(1, NonZero::get);
            sum(words::with_threads(files, cores))
        }
        "rayon" => sum(words::with_rayon(files)),
        // Reads and splits, but does not count.
        "limit" => files
            .par_bridge()
            .map(|piece| {
                let words = piece.split(|&byte| words::is_space(byte));
                words.filter(|word| !word.is_empty()).count() as u64
            })
            .sum(),
        _ => bail!("no way is called {way}"),
    };
    println!("{} {words}", start.elapsed().as_secs_f64());
    Ok(())
}
