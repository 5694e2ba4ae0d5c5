//! A thread computes while main does other work, and `join` returns the result.
//!
//! - Run it: `cargo run -p fibonacci-thread`
//! - Look for: main continues at once, and waits only where it needs the sequence.
//! - Python: `fibonacci_thread.py`

#[cfg(test)]
mod tests;

use std::thread;
use std::time::Duration;

fn main() {
    shared::tidy_output();
    let count = 10;
    // `move` gives the thread its own copy of `count`.
    let computation = thread::spawn(move || fibonacci(count));

    println!("Main thread continues executing...");
    do_own_work();

    shared::waiting("join");
    let sequence = computation.join().unwrap(); // waits until the thread is done
    println!("Fibonacci sequence: {sequence:?}");
    println!("Main thread exiting.");
}

/// Returns the first `count` Fibonacci numbers.
fn fibonacci(count: usize) -> Vec<u64> {
    shared::lane("computation");
    let _span = shared::span("fibonacci");
    // Ten numbers take less than a microsecond: this makes the computation longer.
    thread::sleep(Duration::from_millis(300));
    let mut sequence = vec![0, 1];
    for i in 2..count {
        sequence.push(sequence[i - 2] + sequence[i - 1]);
    }
    sequence.truncate(count);
    sequence
}

fn do_own_work() {
    let _span = shared::span("own work");
    thread::sleep(Duration::from_millis(100)); // your work
}
