//! locked-counter: a relaxed atomic counts right.

#[path = "../../../examples-sync/locked-counter/src/counter.rs"]
pub mod counter;

use std::sync::Arc;
use std::thread::Builder;

use story::check;

use crate::every_schedule;
use counter::AtomicCounter;

#[test]
fn relaxed() {
    let check = check("locked-counter", "four relaxed increments");
    let check = check.names(&["the counter"]);
    let found = every_schedule(check, || {
        let counter = Arc::new(AtomicCounter::default());
        let threads = ["thread-1", "thread-2"].map(|name| {
            let counter = Arc::clone(&counter);
            let work = move || (0..2).for_each(|_| counter.increment());
            Builder::new().name(name.into()).spawn(work).unwrap()
        });
        for thread in threads {
            thread.join().unwrap();
        }
        match counter.value() {
            4 => Ok(()),
            value => Err(format!("The counter is {value}, not 4.")),
        }
    });
    check.holds("the counter is 4", &found);
}
