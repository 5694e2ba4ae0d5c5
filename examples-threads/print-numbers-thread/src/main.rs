//! Start a thread, and wait until it is done.
//!
//! - Run it: `cargo run -p print-numbers-thread`
//! - Look for: main's line comes last, because main waits for the thread.
//! - Python: `print_numbers_thread.py`

use std::thread;
use std::time::Duration;

fn main() {
    shared::tidy_output();
    let numbers = thread::spawn(print_numbers);
    shared::waiting("join");
    numbers.join().unwrap(); // waits; if the thread panicked, `unwrap` panics too
    println!("Main thread finished");
}

fn print_numbers() {
    shared::lane("numbers");
    for number in 0..5 {
        let _span = shared::span(format_args!("number {number}"));
        thread::sleep(Duration::from_millis(100)); // your work
        println!("Thread: {number}");
    }
}
