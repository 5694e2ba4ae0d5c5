//! The pattern: the balance lives inside its lock, so no code can reach it without
//! locking first.

use std::error::Error;
use std::fmt;
use std::sync::Mutex;

/// An account that many threads can use at once. Amounts are whole cents.
pub struct BankAccount {
    balance: Mutex<u64>,
}

/// Why a transaction was refused. The balance is what it was before.
#[derive(Debug, PartialEq, Eq)]
pub enum TransactionError {
    InsufficientFunds { balance: u64 },
    AccountFull,
}

impl BankAccount {
    /// Opens an account that holds `balance`.
    pub fn new(balance: u64) -> Self {
        Self {
            balance: Mutex::new(balance),
        }
    }

    /// Adds `amount`. While `book` runs, no other thread can use the account.
    pub fn deposit(
        &self,
        amount: u64,
        book: impl FnOnce(),
    ) -> Result<(), TransactionError> {
        shared::waiting("lock");
        let mut balance = self.balance.lock().unwrap(); // waits for its turn
        let _span = shared::span("deposit");
        let new_balance = balance
            .checked_add(amount)
            .ok_or(TransactionError::AccountFull)?;
        book();
        *balance = new_balance;
        Ok(())
    } // the guard `balance` is dropped here, which frees the lock

    /// Takes `amount` out. While `book` runs, no other thread can use the account.
    pub fn withdraw(
        &self,
        amount: u64,
        book: impl FnOnce(),
    ) -> Result<(), TransactionError> {
        shared::waiting("lock");
        let mut balance = self.balance.lock().unwrap();
        let _span = shared::span("withdraw");
        // Check and change under the same lock. If you locked separately for each,
        // another thread could take the money in between.
        let new_balance = balance
            .checked_sub(amount)
            .ok_or(TransactionError::InsufficientFunds { balance: *balance })?;
        book();
        *balance = new_balance;
        Ok(())
    }

    /// Returns what the account holds now.
    pub fn balance(&self) -> u64 {
        *self.balance.lock().unwrap()
    }
}

impl fmt::Display for TransactionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InsufficientFunds { balance } => write!(f, "only {balance} left"),
            Self::AccountFull => write!(f, "the account cannot hold that much"),
        }
    }
}

impl Error for TransactionError {}
