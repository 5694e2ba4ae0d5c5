//! What makes rayon slow, or hang: too little work, a lock around it, and waiting.
//!
//! - Run it: `cargo run -p parallel-pitfalls`
//! - Look for: loops that `par_iter` makes slower, and requests that never end.
//! - Python: `parallel_pitfalls.py`

mod list;
mod requests;
mod table;

use std::thread;
use std::time::{Duration, Instant};

use list::List;
use rayon::prelude::*;
use requests::two_requests;

const LIMIT: Duration = Duration::from_millis(200);
const WAIT: Duration = Duration::from_millis(20);

fn main() {
    shared::tidy_output();
    table::print();
    lock_around_it();
    jobs_that_wait();
}

/// Two requests lock the same list, and sum it with rayon.
fn lock_around_it() {
    let result = two_requests(List::sum_under_lock).recv_timeout(LIMIT);
    println!("Lock held around par_iter: {result:?}");
    let sums: Vec<u64> = two_requests(List::sum_of_copy).iter().collect();
    println!("Lock held for a copy: {sums:?}");
}

/// Four waits for each thread of the pool, and then a thread for each wait.
fn jobs_that_wait() {
    let waits = 4 * rayon::current_num_threads();
    let start = Instant::now();
    (0..waits).into_par_iter().for_each(|_| thread::sleep(WAIT));
    println!("Waits in the pool: {}", rounds(waits, start.elapsed()));

    let start = Instant::now();
    thread::scope(|scope| {
        for _ in 0..waits {
            scope.spawn(|| thread::sleep(WAIT));
        }
    });
    println!("Waits in threads: {}", rounds(waits, start.elapsed()));
}

fn rounds(waits: usize, time: Duration) -> String {
    let rounds = (time.as_secs_f64() / WAIT.as_secs_f64()).round();
    format!("{waits} in {} ms, rounds: {rounds}", time.as_millis())
}
