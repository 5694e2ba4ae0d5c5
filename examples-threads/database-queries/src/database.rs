//! The pattern: each thread opens a connection of its own, and a change is a
//! transaction that takes the write lock before it reads.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, Result, Transaction, TransactionBehavior};

/// How long a connection waits for the write lock of another.
pub const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Opens the database, or makes a new one.
pub fn open(path: &Path) -> Result<Connection> {
    let database = Connection::open(path)?;
    database.busy_timeout(BUSY_TIMEOUT)?;
    // Readers and a writer do not wait for each other. (The file remembers it.)
    database.pragma_update(None, "journal_mode", "wal")?;
    // A commit survives a crash of the program. To survive a power cut, "full".
    database.pragma_update(None, "synchronous", "normal")?;
    Ok(database)
}

/// Makes a change that is done as a whole or not at all.
pub fn change<T, E: From<rusqlite::Error>>(
    database: &mut Connection,
    change: impl FnOnce(&Transaction) -> Result<T, E>,
) -> Result<T, E> {
    // `Deferred`, the default, would take the write lock at the first write. That
    // fails at once if another connection has it, or has written since your read.
    shared::waiting("write lock");
    let transaction =
        database.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let _span = shared::span("transaction");
    let result = change(&transaction)?; // an error drops the transaction: undone
    transaction.commit()?;
    Ok(result)
}
