//! Five tellers share one bank account; the lock inside it keeps the balance right.
//!
//! Run it:    `cargo run -p bank-account`
//! Look for:  no transaction starts before the one ahead of it is booked.
//! Python:    `bank_account.py`

mod account;
#[cfg(test)]
mod tests;

use std::thread;

use account::BankAccount;

const TELLERS: usize = 5;

fn main() {
    shared::tidy_output();
    let account = BankAccount::new(100);

    // A scope waits for its threads, so they may borrow the account: no Arc.
    thread::scope(|scope| {
        for teller in 1..=TELLERS {
            thread::Builder::new()
                .name(format!("teller-{teller}"))
                .spawn_scoped(scope, || make_transactions(&account))
                .expect("the system can start five threads");
        }
        shared::waiting("tellers");
    });

    if let Err(refused) = account.withdraw(1_000) {
        println!("Refused: {refused}");
    }
    println!("Final balance: {}", account.balance());
}

fn make_transactions(account: &BankAccount) {
    account.deposit(20).expect("the account has room");
    // 20 came in first, so 10 are always there.
    account
        .withdraw(10)
        .expect("the deposit covers the withdrawal");
}
