use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use crate::bank::{Bank, TransferError};

const THREADS: u64 = 8;
const TRANSFERS: usize = 2_000; // a thread

/// All transfers end, and the sum of all balances is the same at every moment.
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
                    assert_eq!(done == Err(TransferError::SameAccount), from == to);
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
        TransferError::InsufficientFunds { balance: 100 }
    );
    assert_eq!(refused(0, 1, 11), TransferError::AccountFull);
    assert_eq!(refused(1, 1, 1), TransferError::SameAccount);
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

/// An account whose lock is held is left out, and the others are not.
#[test]
fn balances_that_can_be_read_without_waiting() {
    let bank = Bank::new(&[100, 50]);
    assert_eq!(bank.try_balances(), [Some(100), Some(50)]);
    bank.transfer(0, 1, 10, || {
        assert_eq!(bank.try_balances(), [None, Some(50)]);
    })
    .unwrap();
    assert_eq!(bank.try_balances(), [Some(90), Some(60)]);
}
