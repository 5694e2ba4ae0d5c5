//! Two transfers in opposite directions: in one order of the locks both are done,
//! in opposite order neither ever is.
//!
//! - Run it: `cargo run -p deadlock`
//! - Look for: at the end, each of the two holds the account that the other needs.
//! - Python: `deadlock.py`

mod bank;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Duration;

use bank::Bank;

/// Two friends send each other money: name, from which account, to which.
const FRIENDS: [(&str, usize, usize); 2] = [("alice", 0, 1), ("bob", 1, 0)];
const AMOUNT: u64 = 10;
const WORK_TIME: Duration = Duration::from_millis(50);

fn main() {
    shared::tidy_output();
    one_order();
    opposite_order();
    // The two threads still wait for each other, and end with main. There is no
    // other way to end a thread that waits for a lock.
}

/// Both friends lock account 0 first, whichever way the money goes.
fn one_order() {
    let bank = Bank::new(&[100, 100]);
    thread::scope(|scope| {
        for (name, from, to) in FRIENDS {
            let bank = &bank;
            scope.spawn(move || {
                shared::lane(name);
                bank.transfer(from, to, AMOUNT, || thread::sleep(WORK_TIME))
                    .expect("there is enough in each account");
                println!("[{name}] moved {AMOUNT} from account {from} to {to}");
            });
        }
    });
    println!("One order: both are done, balances {:?}", bank.balances());
}

/// Each friend first locks the account that the money comes from.
fn opposite_order() {
    let bank = Arc::new(Bank::new(&[100, 100]));
    // Both friends and main: it opens when each friend holds an account.
    let both_hold_one = Arc::new(Barrier::new(FRIENDS.len() + 1));

    // Not in a scope: a scope would wait for its threads, and these never end.
    for (name, from, to) in FRIENDS {
        let bank = Arc::clone(&bank);
        let both_hold_one = Arc::clone(&both_hold_one);
        thread::spawn(move || {
            shared::lane(name);
            bank.transfer_in_any_order(from, to, AMOUNT, || {
                println!("[{name}] holds account {from}, needs account {to}");
                both_hold_one.wait();
            })
        });
    }

    both_hold_one.wait();
    thread::sleep(2 * WORK_TIME); // far more than a transfer takes
    println!(
        "Opposite order: a deadlock, balances {:?}",
        bank.try_balances()
    );
}
