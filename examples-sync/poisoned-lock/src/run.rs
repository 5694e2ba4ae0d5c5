//! Threads that panic on purpose, and print it in one line.

use std::any::Any;
use std::{panic, thread};

/// From here on, only main's own panics are reported on standard error.
pub fn silence_other_threads() {
    let report = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if thread::current().name() == Some("main") {
            report(info);
        }
    }));
}

/// Runs the work in a thread of its own, and prints how the thread ended.
pub fn run(name: &str, work: impl FnOnce() + Send) {
    match thread::scope(|scope| scope.spawn(work).join()) {
        Ok(()) => println!("[{name}] is done"),
        Err(panic) => println!("[{name}] panicked: {}", message(&*panic)),
    }
}

/// What was given to `panic!`.
fn message(panic: &(dyn Any + Send)) -> &str {
    match panic.downcast_ref::<String>() {
        Some(text) => text,
        None => panic.downcast_ref().copied().unwrap_or("no text"),
    }
}
