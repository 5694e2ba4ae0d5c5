use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use crate::bank::{Bank, Refused};
use crate::stuck::{Waiter, is_circle};

const THREADS: u64 = 8;
const TRANSFERS: usize = 2_000; // a thread

/// All transfers end, and whoever looks in between finds all the money.
#[test]
fn many_transfers_between_few_accounts_end_and_lose_nothing() {
    let bank = Bank::new(&[100, 0, 50, 1_000]);
    thread::scope(|scope| {
        for seed in 0..THREADS {
            let bank = &bank;
            scope.spawn(move || {
                let mut random = StdRng::seed_from_u64(seed);
                for _ in 0..TRANSFERS {
                    let (from, to) =
                        (random.random_range(0..4), random.random_range(0..4));
                    let amount = random.random_range(0..=200);
                    let done = bank.transfer(from, to, amount, thread::yield_now);
                    assert_eq!(done == Err(Refused::SameAccount), from == to);
                    assert_eq!(bank.balances().iter().sum::<u64>(), 1_150);
                }
            });
        }
    });
}

#[test]
fn what_is_refused_changes_nothing() {
    let bank = Bank::new(&[100, u64::MAX - 10]);
    let refused =
        |from, to, amount| bank.transfer(from, to, amount, || ()).unwrap_err();
    assert_eq!(
        refused(0, 1, 101),
        Refused::InsufficientFunds { balance: 100 }
    );
    assert_eq!(refused(0, 1, 11), Refused::AccountFull);
    assert_eq!(refused(1, 1, 1), Refused::SameAccount);
    assert_eq!(bank.balances(), [100, u64::MAX - 10]);
    assert_eq!(bank.transfer(0, 1, 10, || ()), Ok(()));
    assert_eq!(bank.balances(), [90, u64::MAX]);
}

/// A panic with a lock held would poison the account that does exist.
#[test]
fn an_account_that_is_missing_spoils_no_other() {
    let bank = Bank::new(&[100, 50]);
    for (from, to) in [(0, 2), (2, 0)] {
        let transfer = || bank.transfer(from, to, 10, || ());
        assert!(catch_unwind(AssertUnwindSafe(transfer)).is_err());
        assert_eq!(bank.balances(), [100, 50]);
    }
}

#[test]
fn only_a_circle_is_a_deadlock() {
    let waiter = |holds, wants| Waiter::new("a", holds, wants);
    assert!(!is_circle(&[]));
    assert!(!is_circle(&[waiter(0, 1)]));
    assert!(!is_circle(&[waiter(0, 1), waiter(1, 2)]));
    assert!(is_circle(&[waiter(0, 1), waiter(1, 0)]));
    assert!(is_circle(&[waiter(0, 1), waiter(1, 2), waiter(2, 0)]));
    assert!(is_circle(&[waiter(0, 0)]));
    // Who waits for a circle is none of it.
    assert!(is_circle(&[waiter(5, 0), waiter(0, 1), waiter(1, 0)]));
}
