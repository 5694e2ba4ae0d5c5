//! deadlock: transfers that take their locks in one order all end.

#[path = "../../../examples-sync/deadlock/src/bank.rs"]
pub mod bank;

use std::thread::{Builder, scope};

use story::{Check, DEADLOCK, check};

use crate::{ensure, every_schedule};
use bank::Bank;

fn case(case: &'static str) -> Check {
    check("deadlock", case).names(&["account 0", "account 1"])
}

/// Alice and Bob send each other 10, with one order of the locks or with any.
fn both_ways(bank: &Bank, ordered: bool) {
    scope(|scope| {
        for (name, from, to) in [("alice", 0, 1), ("bob", 1, 0)] {
            let transfer = move || {
                if ordered {
                    bank.transfer(from, to, 10, || ()).unwrap();
                } else {
                    bank.transfer_in_any_order(from, to, 10, || ()).unwrap();
                }
            };
            Builder::new()
                .name(name.into())
                .spawn_scoped(scope, transfer)
                .unwrap();
        }
    });
}

#[test]
fn in_any_order() {
    let case = case("two transfers in opposite order");
    let found = every_schedule(case, || {
        both_ways(&Bank::new(&[100, 100]), false);
        Ok(())
    });
    case.fails(DEADLOCK, &found);
}

#[test]
fn in_one_order() {
    let case = case("two transfers in one order");
    let found = every_schedule(case, || {
        let bank = Bank::new(&[100, 50]);
        both_ways(&bank, true);
        let balances = bank.balances();
        ensure(balances == [100, 50], || format!("{balances:?}"))
    });
    case.holds("both are done", &found);
}

#[test]
fn nobody_sees_money_on_its_way() {
    let case = case("a transfer and a look at all balances");
    let found = every_schedule(case, || {
        let bank = Bank::new(&[100, 50]);
        let seen = scope(|scope| {
            let alice = Builder::new().name("alice".into());
            let transfer = || bank.transfer(0, 1, 10, || ()).unwrap();
            alice.spawn_scoped(scope, transfer).unwrap();
            bank.balances()
        });
        ensure([[100, 50], [90, 60]].contains(&[seen[0], seen[1]]), || {
            format!("{seen:?}")
        })
    });
    case.holds("no money is on its way", &found);
}
