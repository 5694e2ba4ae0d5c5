//! Three threads work in phases. Then one of them panics, and the barrier decides
//! what becomes of the others.
//!
//! - Run it: `cargo run -p barrier`
//! - Look for: at std's barrier they wait forever, at a breakable one they stop.
//! - Python: `barrier.py`

mod breakable;
mod one_panics;
#[cfg(test)]
mod tests;

use std::sync::Barrier;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

const THREADS: usize = 3;

fn main() {
    shared::tidy_output();
    // One column for each thread, and one row for each phase.
    let rows = &[[1, 2, 3], [0; 3], [0; 3]].map(|row| row.map(AtomicU32::new));
    let barrier = &Barrier::new(THREADS);

    thread::scope(|scope| {
        for column in 0..THREADS {
            scope.spawn(move || {
                shared::lane(format_args!("column-{column}"));
                for phase in 1..rows.len() {
                    fill_cell(rows, phase, column);
                    shared::waiting("barrier");
                    barrier.wait(); // until all have filled their cell
                }
            });
        }
    });
    for row in rows {
        println!("Row: {row:?}");
    }

    one_panics::at_stds_barrier();
    one_panics::at_a_breakable_barrier();
}

/// Adds two cells of the row above. The barrier makes sure that they are there.
fn fill_cell(rows: &[[AtomicU32; THREADS]], phase: usize, column: usize) {
    let _span = shared::span(format_args!("row {phase}"));
    thread::sleep(Duration::from_millis([10, 20, 30][column])); // your work
    let above = &rows[phase - 1];
    let left = above[column].load(Ordering::Relaxed);
    let right = above[(column + 1) % THREADS].load(Ordering::Relaxed);
    rows[phase][column].store(left + right, Ordering::Relaxed);
}
