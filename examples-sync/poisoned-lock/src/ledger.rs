//! The pattern: data that can be repaired after a panic in the middle of a change.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// A ledger that many threads can use at once.
#[derive(Default)]
pub struct Ledger {
    book: Mutex<Book>,
}

#[derive(Debug, Default)]
struct Book {
    entries: Vec<u64>,
    /// The sum of the entries, so that no thread has to add them up.
    total: u64,
}

impl Ledger {
    /// Adds an entry. Panics if another thread has panicked in the middle of this.
    pub fn add(&self, amount: u64, print_receipt: impl FnOnce()) {
        let mut book = self.book.lock().unwrap();
        add_entry(&mut book, amount, print_receipt);
    }

    /// Adds an entry. What a panic has left half done is repaired first.
    pub fn add_after_repair(&self, amount: u64, print_receipt: impl FnOnce()) {
        let mut book = self.lock_and_repair();
        add_entry(&mut book, amount, print_receipt);
    }

    /// Broken: adds an entry to whatever a panic has left half done.
    pub fn add_anyway(&self, amount: u64, print_receipt: impl FnOnce()) {
        let locked = self.book.lock();
        let mut book = locked.unwrap_or_else(PoisonError::into_inner);
        add_entry(&mut book, amount, print_receipt);
    }

    fn lock_and_repair(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(|poisoned| {
            let mut book = poisoned.into_inner();
            // The list is whole, because `push` came to its end or did not begin.
            book.total = book.entries.iter().sum();
            self.book.clear_poison(); // `lock` returns no error any more
            book
        })
    }

    /// Returns the sum of the entries and the total, which should be equal. Only
    /// looks, so it does not matter if a panic has left something half done.
    pub fn sum_and_total(&self) -> (u64, u64) {
        let locked = self.book.lock();
        let book = locked.unwrap_or_else(PoisonError::into_inner);
        (book.entries.iter().sum(), book.total)
    }
}

/// `print_receipt` runs in the middle of the change. If it panics, the entry is
/// there, and the total is too low.
fn add_entry(book: &mut Book, amount: u64, print_receipt: impl FnOnce()) {
    book.entries.push(amount);
    print_receipt();
    book.total += amount;
}
