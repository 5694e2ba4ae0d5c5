//! Five tellers share one bank account, and its lock keeps the balance right.
//!
//! - Run it: `cargo run -p bank-account`
//! - Look for: a line every 0.1 s, because only one teller at a time gets in.
//! - Python: `bank_account.py`

mod account;
#[cfg(test)]
mod tests;

use std::thread;
use std::time::Duration;

use account::BankAccount;

const TELLERS: usize = 5;
const BOOKING_TIME: Duration = Duration::from_millis(100);

fn main() {
    shared::tidy_output();
    let account = BankAccount::new(100);

    // The scope waits for its threads, so they can borrow the account.
    thread::scope(|scope| {
        for teller in 1..=TELLERS {
            let account = &account;
            scope.spawn(move || make_transactions(teller, account));
        }
        shared::waiting("tellers");
    });

    if let Err(error) = account.withdraw(1_000, || ()) {
        println!("[main] Failed to withdraw 1000: {error}");
    }
    println!("Final balance: {}", account.balance());
}

fn make_transactions(teller: usize, account: &BankAccount) {
    shared::lane(format_args!("teller-{teller}"));
    account
        .deposit(20, || book(teller, "Depositing 20"))
        .expect("the account has room for 20 more");
    account
        .withdraw(10, || book(teller, "Withdrawing 10"))
        .expect("this teller has just deposited 20");
}

/// Runs while this teller holds the lock. It is slow, so that you can watch.
fn book(teller: usize, entry: &str) {
    println!("[teller-{teller}] {entry}");
    thread::sleep(BOOKING_TIME);
}
