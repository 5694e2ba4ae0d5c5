//! The pattern: the lock owns the balance, so nobody reaches one without the other.

use std::error::Error;
use std::fmt;
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

/// How long the bank takes to book one transaction; next to nothing in tests.
const BOOKING_TIME: Duration = if cfg!(test) {
    Duration::from_micros(1)
} else {
    Duration::from_millis(100)
};

/// An account that many threads may use at once. Amounts are whole units of money.
pub struct BankAccount {
    balance: Mutex<u64>,
}

/// Why a transaction was refused. Nothing was changed.
#[derive(Debug, PartialEq, Eq)]
pub enum Refused {
    /// The account holds only `balance`.
    InsufficientFunds { balance: u64 },
    /// The new balance would not fit.
    AccountFull,
}

impl BankAccount {
    /// Opens an account that holds `balance`.
    pub fn new(balance: u64) -> Self {
        Self {
            balance: Mutex::new(balance),
        }
    }

    /// Adds `amount` to the balance. Refused if the sum is more than a `u64` holds.
    pub fn deposit(&self, amount: u64) -> Result<(), Refused> {
        shared::waiting("lock");
        let mut balance = self.balance.lock().unwrap(); // waits for its turn
        let _span = shared::span("deposit");
        let after = balance.checked_add(amount).ok_or(Refused::AccountFull)?;
        book("Depositing", amount);
        *balance = after;
        Ok(())
    } // `balance`, the guard, goes out of scope: the lock is free again

    /// Takes `amount` out: all of it, or nothing. Refused if there is less.
    pub fn withdraw(&self, amount: u64) -> Result<(), Refused> {
        shared::waiting("lock");
        let mut balance = self.balance.lock().unwrap();
        let _span = shared::span("withdraw");
        // Check and change under one lock: nobody spends the money in between.
        if *balance < amount {
            say("Failed to withdraw", amount);
            return Err(Refused::InsufficientFunds { balance: *balance });
        }
        book("Withdrawing", amount);
        *balance -= amount;
        Ok(())
    }

    /// What the account holds now.
    pub fn balance(&self) -> u64 {
        *self.balance.lock().unwrap()
    }
}

/// Your work under the lock goes here. The bank's is slow, so that you can watch.
fn book(what: &str, amount: u64) {
    say(what, amount);
    thread::sleep(BOOKING_TIME);
}

fn say(what: &str, amount: u64) {
    println!(
        "[{}] {what} {amount}",
        thread::current().name().unwrap_or("unnamed")
    );
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InsufficientFunds { balance } => write!(f, "only {balance} left"),
            Self::AccountFull => write!(f, "the account cannot hold that much"),
        }
    }
}

impl Error for Refused {}
