use std::sync::Mutex;
use std::thread;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use crate::account::{BankAccount, TransactionError};

const THREADS: u64 = 8;
const TRANSACTIONS: usize = 500; // a thread

/// Money is never created or lost, whatever many threads do at once: what is there
/// in the end is what was there before, plus what each thread put in, less what it
/// took.
#[test]
fn the_balance_is_the_sum_of_what_was_accepted() {
    for start in [0, 1_000, u64::MAX - 1_000] {
        let account = BankAccount::new(start);
        let change = Mutex::new(0);
        thread::scope(|scope| {
            for seed in 0..THREADS {
                let (account, change) = (&account, &change);
                scope.spawn(move || {
                    let sum = random_transactions(account, seed);
                    *change.lock().unwrap() += sum;
                });
            }
        });
        let expected = i128::from(start) + change.into_inner().unwrap();
        assert_eq!(i128::from(account.balance()), expected);
    }
}

/// Pays in and takes out at random, often more than there is or than fits, and
/// returns the sum of what the account accepted.
fn random_transactions(account: &BankAccount, seed: u64) -> i128 {
    let mut random = StdRng::seed_from_u64(seed);
    let mut sum = 0;
    for _ in 0..TRANSACTIONS {
        let amount = if random.random_ratio(1, 50) {
            random.random_range(u64::MAX / 2..=u64::MAX)
        } else {
            random.random_range(0..=500)
        };
        if random.random() {
            sum += account
                .deposit(amount, || ())
                .map_or(0, |()| i128::from(amount));
        } else {
            sum -= account
                .withdraw(amount, || ())
                .map_or(0, |()| i128::from(amount));
        }
    }
    sum
}

#[test]
fn an_overdraft_is_refused_and_changes_nothing() {
    let account = BankAccount::new(100);
    assert_eq!(
        account.withdraw(101, || ()),
        Err(TransactionError::InsufficientFunds { balance: 100 })
    );
    assert_eq!(account.balance(), 100);
    assert_eq!(account.withdraw(100, || ()), Ok(()));
    assert_eq!(account.balance(), 0);
}

#[test]
fn an_amount_that_does_not_fit_is_refused_and_changes_nothing() {
    let account = BankAccount::new(u64::MAX - 1);
    assert_eq!(
        account.deposit(2, || ()),
        Err(TransactionError::AccountFull)
    );
    assert_eq!(account.balance(), u64::MAX - 1);
    assert_eq!(account.deposit(1, || ()), Ok(()));
    assert_eq!(account.balance(), u64::MAX);
}
