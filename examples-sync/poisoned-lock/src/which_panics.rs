//! Which panics poison a lock, and which do not.

use std::sync::RwLock;

use crate::run::run;

/// Lets three threads panic, and prints after each if it has poisoned the lock.
pub fn print_all() {
    let prices = RwLock::new(vec![5, 7]);
    run("outsider", || {
        prices.write().unwrap().push(9); // free again at the end of the statement
        panic!("a bug");
    });
    println!(
        "  panicked after unlocking: poisoned {}",
        prices.is_poisoned()
    );

    run("reader", || {
        let _prices = prices.read().unwrap();
        panic!("a bug");
    });
    println!(
        "  panicked while reading: poisoned {}",
        prices.is_poisoned()
    );

    run("writer", || {
        let _prices = prices.write().unwrap();
        panic!("a bug");
    });
    println!(
        "  panicked while writing: poisoned {}",
        prices.is_poisoned()
    );
}
