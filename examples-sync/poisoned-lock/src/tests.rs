use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::ledger::Ledger;

fn panics(work: impl FnOnce()) -> bool {
    catch_unwind(AssertUnwindSafe(work)).is_err()
}

#[test]
fn after_a_repair_the_total_is_right_and_the_poison_is_gone() {
    let ledger = Ledger::default();
    ledger.add(100, || ());
    for amount in [20, 30] {
        assert!(panics(|| ledger.add_after_repair(amount, || panic!())));
        ledger.add_after_repair(1, || ());
    }
    ledger.add(3, || ()); // which panics if the lock is poisoned
    assert_eq!(ledger.sum_and_total(), (155, 155));
}

#[test]
fn without_a_repair_every_later_change_panics() {
    let ledger = Ledger::default();
    assert!(panics(|| ledger.add(20, || panic!())));
    for _ in 0..2 {
        assert!(panics(|| ledger.add(3, || ())));
    }
    assert_eq!(ledger.sum_and_total(), (20, 0));
}

#[test]
fn who_goes_on_anyway_gets_a_wrong_total() {
    let ledger = Ledger::default();
    assert!(panics(|| ledger.add_anyway(20, || panic!())));
    ledger.add_anyway(3, || ());
    assert_eq!(ledger.sum_and_total(), (23, 3));
    // It is as poisoned as before.
    assert!(panics(|| ledger.add(3, || ())));
}
