use std::thread;

use crate::account::Account;

#[test]
fn no_deposit_is_lost() {
    let (account, owner) = Account::open(0);
    for _ in 0..8 {
        let account = account.clone();
        thread::spawn(move || {
            for _ in 0..5 {
                account.deposit(1).recv().unwrap();
            }
        });
    }
    // The owner ends when the last thread has dropped its handle.
    drop(account);
    assert_eq!(owner.join().unwrap(), 40);
}

/// What is asked before the owner panics, while it does, and afterwards, gets an
/// error and no hang.
#[test]
fn a_panic_answers_everything_with_an_error() {
    let (account, owner) = Account::open(u64::MAX);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..3 {
                    assert!(account.deposit(1).recv().is_err());
                }
            });
        }
    });
    assert!(owner.join().is_err());
    assert!(account.balance().recv().is_err());
}

/// A thread that does not wait for its answer stops nothing.
#[test]
fn an_answer_may_be_dropped() {
    let (account, owner) = Account::open(0);
    drop(account.deposit(1));
    drop(account);
    assert_eq!(owner.join().unwrap(), 1);
}
