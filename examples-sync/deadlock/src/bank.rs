//! The pattern: a thread that needs two locks takes them in an order that is the
//! same for all threads.

use std::error::Error;
use std::fmt;
use std::sync::{Mutex, MutexGuard};

/// Accounts that many threads can use at once. Each has a lock of its own, so two
/// transfers between different accounts do not wait for each other.
pub struct Bank {
    accounts: Vec<Mutex<u64>>,
}

/// Why a transfer was refused. The balances are what they were before.
#[derive(Debug, PartialEq, Eq)]
pub enum TransferError {
    InsufficientFunds { balance: u64 },
    AccountFull,
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
    /// runs between the two locks. Panics if there is no such account.
    pub fn transfer(
        &self,
        from: usize,
        to: usize,
        amount: u64,
        pause: impl Fn(),
    ) -> Result<(), TransferError> {
        if from == to {
            // It would wait forever for the lock that it holds itself.
            return Err(TransferError::SameAccount);
        }
        // The lower number first, whichever way the money goes.
        let first = &self.accounts[from.min(to)];
        let second = &self.accounts[from.max(to)];
        shared::waiting(format_args!("account {}", from.min(to)));
        let mut low = first.lock().unwrap();
        let _span = shared::span("transfer");
        pause();
        let mut high = second.lock().unwrap();
        if from < to {
            move_money(&mut low, &mut high, amount)
        } else {
            move_money(&mut high, &mut low, amount)
        }
    }

    /// Broken: locks in the order in which the money moves. Two transfers in
    /// opposite directions can wait for each other forever.
    pub fn transfer_in_any_order(
        &self,
        from: usize,
        to: usize,
        amount: u64,
        pause: impl Fn(),
    ) -> Result<(), TransferError> {
        let mut source = self.accounts[from].lock().unwrap();
        let _span = shared::span(format_args!("holds account {from}"));
        pause();
        shared::waiting(format_args!("account {to}"));
        let mut target = self.accounts[to].lock().unwrap();
        move_money(&mut source, &mut target, amount)
    }

    /// Returns what all accounts hold at one moment, with no transfer half done.
    pub fn balances(&self) -> Vec<u64> {
        // All locks at once, and the lower number first here, too.
        let guards: Vec<MutexGuard<u64>> = self
            .accounts
            .iter()
            .map(|account| account.lock().unwrap())
            .collect();
        guards.iter().map(|balance| **balance).collect()
    }

    /// Returns what each account holds, or `None` if another thread holds its lock
    /// (or panicked while it did).
    pub fn try_balances(&self) -> Vec<Option<u64>> {
        self.accounts
            .iter()
            .map(|account| account.try_lock().ok().map(|balance| *balance))
            .collect()
    }
}

fn move_money(
    from: &mut u64,
    to: &mut u64,
    amount: u64,
) -> Result<(), TransferError> {
    let left = from
        .checked_sub(amount)
        .ok_or(TransferError::InsufficientFunds { balance: *from })?;
    *to = to.checked_add(amount).ok_or(TransferError::AccountFull)?;
    *from = left;
    Ok(())
}

impl fmt::Display for TransferError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InsufficientFunds { balance } => write!(f, "only {balance} left"),
            Self::AccountFull => write!(f, "the account cannot hold that much"),
            Self::SameAccount => write!(f, "from an account to itself"),
        }
    }
}

impl Error for TransferError {}
