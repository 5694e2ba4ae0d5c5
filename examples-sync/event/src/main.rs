//! Threads wait until something has happened, without keeping a core busy.
//!
//! - Run it: `cargo run -p event`
//! - Look for: the late thread, which only the flag lets through.
//! - Python: `event.py`

mod event;
#[cfg(test)]
mod tests;

use std::thread;
use std::time::Duration;

use event::{BareCondvar, Event};

const WORK_TIME: Duration = Duration::from_millis(50);
const LIMIT: Duration = Duration::from_millis(100);

fn main() {
    shared::tidy_output();
    let loaded = Event::default();
    thread::scope(|scope| {
        for worker in 1..=3 {
            let loaded = &loaded;
            scope.spawn(move || work(worker, loaded));
        }
        let _span = shared::span("load");
        thread::sleep(WORK_TIME); // main loads what the workers need
        println!("[main] has loaded the data");
        loaded.set();
    });

    // From here on, threads come too late to be woken.
    report("An event that is set", loaded.wait_timeout(LIMIT));
    loaded.clear();
    report("An event that is cleared", loaded.wait_timeout(LIMIT));

    let bare = BareCondvar::default();
    bare.set();
    report("A notification without a flag", bare.wait_timeout(LIMIT));
}

fn work(worker: usize, loaded: &Event) {
    shared::lane(format_args!("worker-{worker}"));
    shared::waiting("loaded");
    loaded.wait();
    let _span = shared::span("work");
    println!("[worker-{worker}] begins");
    thread::sleep(WORK_TIME);
}

fn report(what: &str, in_time: bool) {
    let result = if in_time { "lets through" } else { "keeps out" };
    println!("{what} {result} a thread that comes late");
}
