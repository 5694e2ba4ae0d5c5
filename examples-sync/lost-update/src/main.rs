//! Two threads add 1 to the same counter, and one of the two is lost, although
//! every access is locked. Then the same with a lock around both steps.
//!
//! Run it:    `cargo run -p lost-update`
//! Look for:  both threads write the same value, in each run.
//! Python:    `lost_update.py`

mod counter;
#[cfg(test)]
mod tests;

use std::env;
use std::process::ExitCode;
use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use counter::Counter;

const THREADS: usize = 2;
/// Stands for the work between reading and writing.
const WORK: Duration = Duration::from_millis(100);

fn main() -> ExitCode {
    shared::tidy_output();
    if let Some(arg) = env::args_os().nth(1) {
        eprintln!("expected no argument, not \"{}\"", arg.display());
        return ExitCode::from(2);
    }
    let work = || thread::sleep(WORK);

    // The bad moment is not left to chance: no thread writes before all have read.
    let all_have_read = Barrier::new(THREADS);
    report("broken", |counter| {
        counter.add_in_two_steps(|| {
            work();
            all_have_read.wait();
        })
    });
    report("fixed", |counter| counter.add_in_one_step(work));
    ExitCode::SUCCESS
}

/// Lets each thread add 1 to a new counter, and prints what came of it.
fn report(how: &str, add: impl Fn(&Counter) -> u64 + Sync) {
    let (written, value) = add_on_threads(how, add);
    let lost = THREADS as u64 - value;
    println!("{how}: the threads wrote {written:?}");
    println!("Shared variable: {value}, updates lost: {lost}");
}

/// Returns what each thread wrote, sorted, and what the counter holds in the end.
fn add_on_threads(
    how: &str,
    add: impl Fn(&Counter) -> u64 + Sync,
) -> (Vec<u64>, u64) {
    let counter = Counter::default();
    let mut written: Vec<u64> = thread::scope(|scope| {
        let start = |number| {
            let thread = thread::Builder::new().name(format!("{how}-{number}"));
            let started = thread.spawn_scoped(scope, || add(&counter));
            started.expect("the system can start two threads")
        };
        let threads: Vec<_> = (1..=THREADS).map(start).collect();
        shared::waiting("threads");
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    written.sort_unstable();
    (written, counter.value())
}
