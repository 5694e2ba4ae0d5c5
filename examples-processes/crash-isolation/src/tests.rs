use std::panic::{catch_unwind, panic_any};
use std::thread;

use crate::child::panic_message;
use crate::crash::{named, repair};

#[test]
fn a_panic_under_the_lock_leaves_half_a_transfer_and_is_repaired_once() {
    let transfer = named("panic-under-lock").unwrap();
    for _ in 0..50 {
        assert_eq!(repair(), None);
        assert!(thread::spawn(transfer).join().is_err());
        let expected = "lock returned Err: 70 of 100 left; repaired: 100";
        assert_eq!(repair().as_deref(), Some(expected));
    }
}

#[test]
fn the_message_of_a_panic_is_found_whatever_their_type() {
    let said =
        |panic: fn()| panic_message(&*catch_unwind(panic).unwrap_err()).to_owned();
    assert_eq!(said(|| panic!("literal")), "literal");
    assert_eq!(said(|| panic!("{} formatted", 1)), "1 formatted");
    assert_eq!(said(|| panic_any(42)), "something that is no text");
}
