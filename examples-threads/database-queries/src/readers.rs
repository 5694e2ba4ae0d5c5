//! Readers do not wait for each other, so each core can have one.

use std::num::NonZero;
use std::path::Path;
use std::thread;
use std::time::Instant;

use rusqlite::Result;

use crate::{bank, database};

pub const PAGES: u32 = 40;

/// Makes the same queries on one thread, and on a thread for each core.
pub fn compare(path: &Path) -> Result<()> {
    let pages: Vec<u32> = (0..PAGES).collect();
    let start = Instant::now();
    let one_by_one = query(path, &pages)?;
    let serial_time = start.elapsed().as_secs_f64();
    println!("{PAGES} queries on one thread: {serial_time:.2} seconds");

    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let start = Instant::now();
    let at_once = thread::scope(|scope| {
        let mut readers = Vec::new();
        for chunk in pages.chunks(pages.len().div_ceil(cores)) {
            readers.push(scope.spawn(move || query(path, chunk)));
        }
        shared::waiting("readers");
        let parts = readers.into_iter().map(|reader| reader.join().unwrap());
        parts.collect::<Result<Vec<_>>>()
    })?;
    let time = start.elapsed().as_secs_f64();
    let speed_up = serial_time / time;
    println!("Threads: {time:.2} seconds, {speed_up:.2} times as fast");
    println!("Results match: {}", at_once.concat() == one_by_one);
    Ok(())
}

/// The work of a reader. It opens a connection, because threads cannot share one.
fn query(path: &Path, pages: &[u32]) -> Result<Vec<i64>> {
    let database = database::open(path)?;
    let _span = shared::span(format_args!("{} queries", pages.len()));
    pages
        .iter()
        .map(|page| bank::seconds_on(&database, *page))
        .collect()
}
