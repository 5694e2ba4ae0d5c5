//! When a statement fails with "database is locked", and when it does not.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, Result};

use crate::{bank, database};

/// Provokes each case with two connections. They would behave just the same on two
/// threads, or in two processes.
pub fn show(folder: &Path) -> Result<()> {
    let path = folder.join("locked.db");
    let first = database::open(&path)?;
    let second = database::open(&path)?;
    bank::create(&first)?;

    first.execute_batch("BEGIN IMMEDIATE")?;
    second.busy_timeout(Duration::ZERO)?;
    report(
        "A second writer that does not wait",
        bank::set_balance(&second, "shop", 1),
    );
    first.execute_batch("COMMIT")?;

    // The time-out doesn't help here, because what was read is no longer true.
    second.busy_timeout(database::BUSY_TIMEOUT)?;
    second.execute_batch("BEGIN")?;
    bank::balance(&second, "shop")?;
    bank::set_balance(&first, "shop", 2)?;
    report(
        "A write after a read, with another write between",
        bank::set_balance(&second, "shop", 3),
    );
    second.execute_batch("ROLLBACK")?;

    write_during_read(&folder.join("rollback.db"), "delete")?;
    write_during_read(&folder.join("wal.db"), "wal")
}

/// `delete` is the default mode, in which a writer changes what others may read.
fn write_during_read(path: &Path, journal_mode: &str) -> Result<()> {
    let writer = Connection::open(path)?;
    writer.pragma_update(None, "journal_mode", journal_mode)?;
    bank::create(&writer)?;
    let reader = Connection::open(path)?;
    reader.execute_batch("BEGIN")?;
    bank::balance(&reader, "shop")?;
    writer.busy_timeout(Duration::ZERO)?; // the reader will not end
    report(
        &format!("A write during a read, journal mode {journal_mode}"),
        bank::set_balance(&writer, "shop", 1),
    );
    Ok(())
}

fn report(what: &str, result: Result<()>) {
    match result {
        Ok(()) => println!("{what}: done"),
        Err(error) => println!("{what}: {error}"),
    }
}
