//! Many threads use one database, each over a connection of its own: readers at the
//! same time, writers one after the other.
//!
//! - Run it: `cargo run -p database-queries`
//! - Look for: nothing is lost, whether many write or a writer is killed.
//! - Python: `database_queries.py`

mod bank;
mod database;
mod killed;
mod locked;
mod readers;
mod temporary;
#[cfg(test)]
mod tests;

use std::path::Path;
use std::time::Duration;
use std::{env, thread};

use anyhow::{Result, bail};
use temporary::TemporaryFolder;

const WRITERS: usize = 4;
const DEPOSITS: usize = 5; // by each writer
const WORK_TIME: Duration = Duration::from_millis(2);

fn main() -> Result<()> {
    shared::tidy_output();
    // The children are this same program, started with a role as the argument.
    match env::args().nth(1).as_deref() {
        None => parent(),
        Some("cleaner") => temporary::clean(),
        Some("writer") => killed::writer(),
        Some(other) => bail!("there is no role \"{other}\""),
    }
}

fn parent() -> Result<()> {
    let folder = TemporaryFolder::new()?;
    let path = folder.path.join("bank.db");
    bank::create(&database::open(&path)?)?;

    readers::compare(&path)?;
    write(&path)?;
    locked::show(&folder.path)?;
    killed::show(&path)?;
    folder.remove()
}

/// Lets several threads write at the same time.
fn write(path: &Path) -> Result<()> {
    thread::scope(|scope| {
        let mut writers = Vec::new();
        for writer in 1..=WRITERS {
            writers.push(scope.spawn(move || deposit(writer, path)));
        }
        shared::waiting("writers");
        writers
            .into_iter()
            .try_for_each(|writer| writer.join().unwrap())
    })?;
    let balance = bank::balance(&database::open(path)?, "shop")?;
    println!("The shop has {balance}");
    Ok(())
}

/// The work of a writer: each time it adds 1 to the balance that it has read.
fn deposit(writer: usize, path: &Path) -> rusqlite::Result<()> {
    shared::lane(format_args!("writer-{writer}"));
    let mut database = database::open(path)?;
    for _ in 0..DEPOSITS {
        database::change(&mut database, |database| {
            let balance = bank::balance(database, "shop")?;
            thread::sleep(WORK_TIME); // your work
            bank::set_balance(database, "shop", balance + 1)
        })?;
    }
    println!("[writer-{writer}] Deposited {DEPOSITS} times");
    Ok(())
}
