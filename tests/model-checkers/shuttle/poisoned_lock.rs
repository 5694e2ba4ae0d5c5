//! poisoned-lock: after a panic, the total is repaired before it is used.

#[path = "../../../examples-sync/poisoned-lock/src/ledger.rs"]
pub mod ledger;

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::thread::{Builder, scope};

use story::{Check, check};

use crate::{ensure, every_schedule};
use ledger::Ledger;

fn case(case: &'static str) -> Check {
    check("poisoned-lock", case).names(&["the book"])
}

fn jam() {
    resume_unwind(Box::new("the printer jams"));
}

/// One clerk panics in the middle of a change, while another one adds an entry.
/// Then main adds one.
fn two_clerks(add: fn(&Ledger, u64, fn())) -> Result<(), String> {
    let ledger = Ledger::default();
    scope(|scope| {
        for (name, amount, print_receipt) in
            [("clerk-1", 20, jam as fn()), ("clerk-2", 3, || ())]
        {
            let ledger = &ledger;
            // The checker would take a panic for the end of the schedule.
            let clerk = move || {
                let add = || add(ledger, amount, print_receipt);
                drop(catch_unwind(AssertUnwindSafe(add)));
            };
            let thread = Builder::new().name(name.into());
            thread.spawn_scoped(scope, clerk).unwrap();
        }
    });
    add(&ledger, 1, || ());
    let (sum, total) = ledger.sum_and_total();
    ensure(sum == total, || {
        format!("The entries add up to {sum}, the total is {total}.")
    })
}

#[test]
fn repaired() {
    let case = case("a panic and a repair");
    let found = every_schedule(case, || two_clerks(Ledger::add_after_repair));
    case.holds("the total is right", &found);
}

#[test]
fn not_repaired() {
    let case = case("a panic and no repair");
    let found = every_schedule(case, || two_clerks(Ledger::add_anyway));
    case.fails("The entries add up to 24, the total is 4.", &found);
}
