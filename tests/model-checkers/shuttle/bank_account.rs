//! bank-account: no money is lost, and nobody takes what is not there.

#[path = "../../../examples-sync/bank-account/src/account.rs"]
pub mod account;

use std::sync::Mutex;
use std::thread::{Builder, scope, yield_now};

use story::{Check, check};

use crate::{ensure, every_schedule};
use account::BankAccount;

fn case(case: &'static str) -> Check {
    check("bank-account", case).names(&["the balance"])
}

/// Runs two tellers at the same time.
fn tellers<T: Send, U: Send>(
    first: impl FnOnce() -> T + Send,
    second: impl FnOnce() -> U + Send,
) -> (T, U) {
    scope(|scope| {
        let teller = |name: &str| Builder::new().name(name.into());
        let first = teller("teller-1").spawn_scoped(scope, first).unwrap();
        let second = teller("teller-2").spawn_scoped(scope, second).unwrap();
        (first.join().unwrap(), second.join().unwrap())
    })
}

#[test]
fn no_deposit_is_lost() {
    let case = case("two deposits");
    let found = every_schedule(case, || {
        let account = BankAccount::new(100);
        let deposit = |amount| account.deposit(amount, yield_now).unwrap();
        tellers(|| deposit(20), || deposit(30));
        let balance = account.balance();
        ensure(balance == 150, || {
            format!("The balance is {balance}, not 150.")
        })
    });
    case.holds("the balance is right", &found);
}

#[test]
fn a_withdrawal_is_covered_or_changes_nothing() {
    let case = case("a deposit and a withdrawal");
    let found = every_schedule(case, || {
        let account = BankAccount::new(0);
        let ((), withdrawn) = tellers(
            || account.deposit(20, yield_now).unwrap(),
            || account.withdraw(10, yield_now).map_or(0, |()| 10),
        );
        let balance = account.balance();
        ensure(balance == 20 - withdrawn, || {
            format!("{withdrawn} were taken from 20, and {balance} are left.")
        })
    });
    case.holds("no money is lost", &found);
}

#[test]
fn the_last_money_is_taken_once() {
    let case = case("two withdrawals of the last 10");
    let found = every_schedule(case, || {
        let account = BankAccount::new(10);
        let withdraw = || account.withdraw(10, yield_now).is_ok();
        let accepted = tellers(withdraw, withdraw);
        let balance = account.balance();
        ensure(accepted.0 != accepted.1 && balance == 0, || {
            format!("Accepted: {accepted:?}, and {balance} are left.")
        })
    });
    case.holds("exactly one of them is refused", &found);
}

/// `withdraw` with one lock to look and one to take.
struct LockedTwice(Mutex<u64>);

impl LockedTwice {
    fn withdraw(&self, amount: u64) -> bool {
        let balance = *self.0.lock().unwrap();
        if balance < amount {
            return false;
        }
        *self.0.lock().unwrap() = balance - amount;
        true
    }
}

#[test]
fn under_two_locks_the_last_money_is_taken_twice() {
    let case = case("two withdrawals that lock twice");
    let found = every_schedule(case, || {
        let account = LockedTwice(Mutex::new(10));
        let withdraw = || account.withdraw(10);
        let accepted = tellers(withdraw, withdraw);
        ensure(accepted != (true, true), || {
            "The last 10 were paid out twice.".into()
        })
    });
    case.fails("The last 10 were paid out twice.", &found);
}
