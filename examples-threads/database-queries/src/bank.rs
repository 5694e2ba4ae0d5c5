//! The tables of the demonstration.

use rusqlite::{Connection, Result};

/// Makes three accounts, and a log of visits to forty pages.
pub fn create(database: &Connection) -> Result<()> {
    database.execute_batch(
        "CREATE TABLE accounts (name TEXT PRIMARY KEY, balance INTEGER NOT NULL);
         INSERT INTO accounts VALUES ('alice', 100), ('bob', 100), ('shop', 0);
         CREATE TABLE visits (page INTEGER NOT NULL, seconds INTEGER NOT NULL);
         WITH RECURSIVE numbers (n) AS
             (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < 9999)
         INSERT INTO visits SELECT n % 40, n * 7919 % 100 FROM numbers;",
    )
}

/// A query that takes a while, because it looks at all visits.
pub fn seconds_on(database: &Connection, page: u32) -> Result<i64> {
    let sql = "SELECT sum(seconds) FROM visits WHERE page = ?1";
    database.query_row(sql, [page], |row| row.get(0))
}

pub fn balance(database: &Connection, name: &str) -> Result<i64> {
    let sql = "SELECT balance FROM accounts WHERE name = ?1";
    database.query_row(sql, [name], |row| row.get(0))
}

pub fn set_balance(database: &Connection, name: &str, balance: i64) -> Result<()> {
    let sql = "UPDATE accounts SET balance = ?2 WHERE name = ?1";
    database.execute(sql, (name, balance))?;
    Ok(())
}
