//! Thread 3 panics before it comes to the barrier, at which the others wait.

use std::sync::{Arc, Barrier, mpsc};
use std::time::Duration;
use std::{panic, thread};

use crate::THREADS;
use crate::breakable::breakable_barrier;

/// Broken: the other threads wait forever, and end with main.
pub fn at_stds_barrier() {
    let barrier = Arc::new(Barrier::new(THREADS));
    let (sender, receiver) = mpsc::channel();
    let mut threads = Vec::new();
    for number in 1..=THREADS {
        let (its_barrier, its_sender) = (Arc::clone(&barrier), sender.clone());
        // Not in a scope, which would wait for them forever.
        threads.push(thread::spawn(move || {
            shared::lane(format_args!("thread-{number}, std"));
            work(number);
            shared::waiting("barrier");
            its_barrier.wait();
            its_sender.send(number).expect("main waits for it");
        }));
    }

    let thread_3 = threads.pop().expect("there are three");
    thread_3.join().expect_err("it panics");
    match receiver.recv_timeout(Duration::from_millis(100)) {
        Ok(number) => println!("At std's barrier: thread-{number} continues"),
        Err(_) => println!("At std's barrier: the others wait forever"),
    }
}

/// The others get an error, and stop.
pub fn at_a_breakable_barrier() {
    let mut threads = Vec::new();
    for (number, barrier) in (1..).zip(breakable_barrier(THREADS)) {
        threads.push(thread::spawn(move || {
            shared::lane(format_args!("thread-{number}, breakable"));
            work(number);
            match barrier.wait() {
                Ok(()) => println!("[thread-{number}] continues"),
                Err(error) => println!("[thread-{number}] stops: {error}"),
            }
        }));
    }
    let ended = threads.into_iter().map(thread::JoinHandle::join);
    let panicked = ended.filter(Result::is_err).count();
    println!("At a breakable barrier: all have ended, {panicked} by a panic");
}

/// What a thread does before the barrier.
fn work(number: usize) {
    let _span = shared::span("work");
    thread::sleep(Duration::from_millis(20));
    if number == 3 {
        println!("[thread-3] panics");
        // As `panic!` does, but without a message on standard error.
        panic::resume_unwind(Box::new("a bug"));
    }
}
