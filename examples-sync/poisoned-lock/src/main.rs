//! A thread panics in the middle of a change, under a lock. The next one passes the
//! panic on, or goes on anyway, or repairs the data.
//!
//! - Run it: `cargo run -p poisoned-lock`
//! - Look for: the total is wrong if a thread goes on without a repair.
//! - Python: `poisoned_lock.py`

mod ledger;
mod run;
#[cfg(test)]
mod tests;
mod which_panics;

use ledger::Ledger;
use run::{run, silence_other_threads};

type AddEntry = fn(&Ledger, u64, fn());

fn main() {
    shared::tidy_output();
    silence_other_threads();
    three_clerks("Pass the panic on", Ledger::add);
    three_clerks("Go on anyway", Ledger::add_anyway);
    three_clerks("Repair, then go on", Ledger::add_after_repair);
    which_panics::print_all();
}

/// The second clerk panics in the middle of a change, so its entry is in the ledger
/// but not in the total.
fn three_clerks(way: &str, add: AddEntry) {
    println!("{way}:");
    let ledger = Ledger::default();
    run("clerk-1", || add(&ledger, 100, print_receipt));
    run("clerk-2", || add(&ledger, 20, jam));
    run("clerk-3", || add(&ledger, 3, print_receipt));
    let (sum, total) = ledger.sum_and_total();
    let verdict = if sum == total { "right" } else { "wrong" };
    println!("  entries of {sum}, total {total}: {verdict}");
}

fn print_receipt() {}

fn jam() {
    panic!("the printer jams");
}
