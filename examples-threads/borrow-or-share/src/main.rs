//! Three ways to give threads your data: borrow, split and share.
//!
//! - Run it: `cargo run -p borrow-or-share`
//! - Look for: all three give the same sum, and only the last one needs a lock.
//! - Python: `borrow_or_share.py`

use std::sync::{Arc, Mutex};
use std::thread;

const PART: usize = 250; // numbers for each thread

fn main() {
    shared::tidy_output();
    let numbers: Vec<u64> = (1..=1_000).collect();
    println!("Borrow: {}", borrow(&numbers));
    println!("Split: {}", split(&numbers));
    println!("Share: {}", share(&Arc::new(numbers)));
}

/// The scope waits for its threads, so they can borrow the numbers.
fn borrow(numbers: &[u64]) -> u64 {
    thread::scope(|scope| {
        let mut threads = Vec::new();
        for part in numbers.chunks(PART) {
            threads.push(scope.spawn(|| part.iter().map(|n| n * n).sum::<u64>()));
        }
        threads.into_iter().map(|t| t.join().unwrap()).sum()
    })
}

/// Each thread borrows its own part of the result, so it may write there.
fn split(numbers: &[u64]) -> u64 {
    let mut squares = numbers.to_vec();
    thread::scope(|scope| {
        for part in squares.chunks_mut(PART) {
            scope.spawn(|| part.iter_mut().for_each(|n| *n *= *n));
        }
    });
    squares.iter().sum()
}

/// These threads could outlive this function, so they own what they use. Only the
/// list that they change needs a lock.
fn share(numbers: &Arc<Vec<u64>>) -> u64 {
    let sums = Arc::new(Mutex::new(Vec::new()));
    let mut threads = Vec::new();
    for start in (0..numbers.len()).step_by(PART) {
        let numbers = Arc::clone(numbers);
        let sums = Arc::clone(&sums);
        threads.push(thread::spawn(move || {
            let part = numbers.iter().skip(start).take(PART);
            let sum: u64 = part.map(|n| n * n).sum();
            sums.lock().unwrap().push(sum);
        }));
    }
    for thread in threads {
        thread.join().unwrap(); // or the list would not be complete
    }
    sums.lock().unwrap().iter().sum()
}
