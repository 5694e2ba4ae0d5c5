//! The pattern: whoever needs two locks takes them in one order, the same for all.

use std::error::Error;
use std::fmt;
use std::sync::{Mutex, MutexGuard};

/// Accounts that many threads may use at once. Each has a lock of its own, so two
/// transfers between different accounts do not wait for each other.
pub struct Bank {
    accounts: Vec<Mutex<u64>>,
}

/// Why a transfer was refused. Nothing was changed.
#[derive(Debug, PartialEq, Eq)]
pub enum Refused {
    /// The account holds only `balance`.
    InsufficientFunds { balance: u64 },
    /// The new balance would not fit.
    AccountFull,
    /// From an account to itself.
    SameAccount,
}

impl Bank {
    /// Opens an account for each balance. They are numbered from 0.
    pub fn new(balances: &[u64]) -> Self {
        Self {
            accounts: balances.iter().copied().map(Mutex::new).collect(),
        }
    }

    /// Moves `amount` from one account to another: all of it, or nothing. `pause`
    /// is for demonstrations: it is called with the first lock held.
    ///
    /// # Panics
    ///
    /// If there is no such account.
    pub fn transfer(
        &self,
        from: usize,
        to: usize,
        amount: u64,
        pause: impl Fn(),
    ) -> Result<(), Refused> {
        if from == to {
            return Err(Refused::SameAccount); // its lock would be taken twice
        }
        // The lower number first, whichever way the money goes.
        let (low, high) = (from.min(to), from.max(to));
        // Both before any lock: a panic under a lock would poison it.
        let (first, second) = (&self.accounts[low], &self.accounts[high]);
        shared::waiting(format_args!("waits for account {low}"));
        let mut low = first.lock().unwrap();
        let _span = shared::span("transfer");
        pause();
        let mut high = second.lock().unwrap();
        if from < to {
            book(&mut low, &mut high, amount)
        } else {
            book(&mut high, &mut low, amount)
        }
    }

    /// The same with a deadlock in it: the order of the locks is that of the money.
    pub fn transfer_in_any_order(
        &self,
        from: usize,
        to: usize,
        amount: u64,
        pause: impl Fn(),
    ) -> Result<(), Refused> {
        let mut source = self.accounts[from].lock().unwrap();
        let _span = shared::span(format_args!("holds account {from}"));
        shared::waiting(format_args!("waits for account {to}"));
        pause();
        let mut target = self.accounts[to].lock().unwrap();
        book(&mut source, &mut target, amount)
    }

    /// What all accounts hold at one moment, with no transfer half done.
    pub fn balances(&self) -> Vec<u64> {
        // All locks, and again the lower number first.
        let locked = self.accounts.iter().map(|account| account.lock().unwrap());
        let locked: Vec<MutexGuard<u64>> = locked.collect();
        locked.iter().map(|balance| **balance).collect()
    }
}

fn book(from: &mut u64, to: &mut u64, amount: u64) -> Result<(), Refused> {
    let left = from.checked_sub(amount);
    let left = left.ok_or(Refused::InsufficientFunds { balance: *from })?;
    *to = to.checked_add(amount).ok_or(Refused::AccountFull)?;
    *from = left;
    Ok(())
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InsufficientFunds { balance } => write!(f, "only {balance} left"),
            Self::AccountFull => write!(f, "the account cannot hold that much"),
            Self::SameAccount => write!(f, "from an account to itself"),
        }
    }
}

impl Error for Refused {}
