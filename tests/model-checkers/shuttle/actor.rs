//! actor: a deposit in one message is never lost, and what has been sent is served
//! before the owner ends. A deposit in two messages can be lost.

#[path = "../../../examples-sync/actor/src/account.rs"]
pub mod account;

use std::thread::spawn;

use story::{Check, check};

use crate::{ensure, every_schedule};
use account::Account;

/// The story is silent about channels, so the tellers tell it themselves.
fn case(case: &'static str) -> Check {
    check("actor", case).names(&["the account"])
}

fn tell(teller: &str, what: impl FnOnce(&str) -> String) {
    story::tell(teller, 0, what);
}

/// Two tellers deposit 10 each into an account that holds 100. One of them is main
/// and the other waits for no answer, or there would be millions of schedules.
fn two_tellers(deposit: fn(&Account)) -> Result<(), String> {
    let (account, owner) = Account::open(100);
    let other = account.clone();
    spawn(move || {
        other.deposit(10);
        tell("teller-2", |account| {
            format!("sends {account} a deposit of 10")
        });
    });
    deposit(&account);
    drop(account);
    let balance = owner.join().unwrap();
    ensure(balance == 120, || {
        format!("The balance is {balance}, not 120.")
    })
}

#[test]
fn in_two_messages() {
    let case = case("a deposit in two messages and one in one");
    let found = every_schedule(case, || {
        two_tellers(|account| {
            let balance = account.balance().recv().unwrap();
            tell("teller-1", |account| {
                format!("gets {balance} from {account}")
            });
            account.set_balance(balance + 10);
            tell("teller-1", |account| {
                format!("tells {account} to hold {}", balance + 10)
            });
        })
    });
    case.fails("The balance is 110, not 120.", &found);
}

#[test]
fn in_one_message() {
    let case = case("two deposits in one message each");
    let found = every_schedule(case, || {
        two_tellers(|account| {
            account.deposit(10).recv().unwrap();
        })
    });
    case.holds("the balance is 120", &found);
}

#[test]
fn what_is_queued_is_served() {
    let case = case("two deposits and a dropped handle");
    let found = every_schedule(case, || {
        let (account, owner) = Account::open(100);
        let answers = [account.deposit(10), account.deposit(10)];
        drop(account);
        let balance = owner.join().unwrap();
        let answers = answers.map(|answer| answer.recv());
        ensure((balance, answers) == (120, [Ok(110), Ok(120)]), || {
            format!("{balance}, {answers:?}")
        })
    });
    case.holds("both are served, and the balance comes back", &found);
}
