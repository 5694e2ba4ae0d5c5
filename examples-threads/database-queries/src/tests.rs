use std::panic::{self, AssertUnwindSafe};
use std::thread;

use rusqlite::Error;
use tempfile::TempDir;

use crate::readers::PAGES;
use crate::{bank, database};

fn new_bank() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let database = database::open(&folder.path().join("bank.db")).unwrap();
    bank::create(&database).unwrap();
    folder
}

/// Each change is based on what the one before has left, whoever made it.
#[test]
fn no_deposit_is_lost() {
    let folder = new_bank();
    let path = &folder.path().join("bank.db");
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(move || {
                let mut database = database::open(path).unwrap();
                for _ in 0..25 {
                    database::change(&mut database, |database| {
                        let balance = bank::balance(database, "shop")?;
                        bank::set_balance(database, "shop", balance + 1)
                    })
                    .unwrap();
                }
            });
        }
    });
    let database = database::open(path).unwrap();
    assert_eq!(bank::balance(&database, "shop"), Ok(200));
}

/// What a change has done so far is undone, and the connection goes on.
#[test]
fn a_change_that_fails_or_panics_changes_nothing() {
    let folder = new_bank();
    let mut database = database::open(&folder.path().join("bank.db")).unwrap();
    let failed = database::change(&mut database, |database| {
        bank::set_balance(database, "shop", 5)?;
        Err::<(), _>(Error::InvalidQuery)
    });
    assert_eq!(failed, Err(Error::InvalidQuery));
    assert_eq!(bank::balance(&database, "shop"), Ok(0));

    let panicked = panic::catch_unwind(AssertUnwindSafe(|| {
        database::change(&mut database, |database| -> rusqlite::Result<()> {
            bank::set_balance(database, "shop", 5)?;
            panic!("on purpose")
        })
    }));
    assert!(panicked.is_err());
    assert_eq!(bank::balance(&database, "shop"), Ok(0));
    database::change(&mut database, |database| {
        bank::set_balance(database, "shop", 7)
    })
    .unwrap();
    assert_eq!(bank::balance(&database, "shop"), Ok(7));
}

/// The readers of the demonstration add up all visits.
#[test]
fn all_visits_are_counted() {
    let folder = new_bank();
    let database = database::open(&folder.path().join("bank.db")).unwrap();
    let sums = (0..PAGES).map(|page| bank::seconds_on(&database, page));
    let sum: i64 = sums.map(Result::unwrap).sum();
    assert_eq!(sum, (0..10_000).map(|n| n * 7919 % 100).sum());
}
