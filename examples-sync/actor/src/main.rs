//! One thread owns a bank account, and the others send it requests, without a lock.
//!
//! - Run it: `cargo run -p actor`
//! - Look for: 110 instead of 120, and the balance that `join` returns.
//! - Python: `actor.py`

mod account;
#[cfg(test)]
mod tests;

use std::sync::Barrier;
use std::thread;

use account::Account;

fn main() {
    shared::tidy_output();
    // The barrier forces the bug: both tellers get the balance before one sets it.
    let both_have_it = Barrier::new(2);
    two_tellers("Get, then set", |account| {
        let balance = account.balance().recv().unwrap();
        both_have_it.wait();
        account.set_balance(balance + 10).recv().unwrap();
    });
    two_tellers("One message", |account| {
        account.deposit(10).recv().unwrap();
    });

    // Send all requests, then wait for the answers.
    let (account, owner) = Account::open(100);
    let answers = [10, 20, 30].map(|amount| account.deposit(amount));
    drop(account); // the owner serves what has been sent, and ends
    println!("[main] sent three deposits");
    shared::waiting("answers");
    for answer in answers {
        println!("[main] the balance is {}", answer.recv().unwrap());
    }
    println!("[main] the owner returns {}", owner.join().unwrap());
}

/// Lets two tellers use an account that holds 100, and prints what is in it then.
fn two_tellers(name: &str, work: impl Fn(&Account) + Sync) {
    let (account, owner) = Account::open(100);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                shared::lane("teller");
                shared::waiting("answer");
                work(&account);
            });
        }
    });
    drop(account);
    println!("{name}: {}", owner.join().unwrap());
}
