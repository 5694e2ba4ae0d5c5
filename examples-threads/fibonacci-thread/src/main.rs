//! A thread computes while main goes on; `join` brings its result home.
//!
//! Run it:    `cargo run -p fibonacci-thread`, or with how many numbers you want:
//!            `cargo run -p fibonacci-thread -- 187`
//! Look for:  main prints its next line before it has the sequence.
//! Python:    `fibonacci_thread.py`

#[cfg(test)]
mod tests;

use std::env;
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

/// How many numbers a run without arguments computes.
const COUNT: usize = 10;
/// A sequence is computed in a microsecond: this stands for a longer computation.
const WORK: Duration = Duration::from_millis(300);

fn main() -> ExitCode {
    shared::tidy_output();
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(wrong_argument) => {
            eprintln!("{wrong_argument}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<(), String> {
    let args = env::args_os()
        .skip(1)
        .map(|arg| arg.to_string_lossy().into_owned());
    let count = parse(args)?;

    // `move` gives the thread its own `count`: it may outlive this function.
    let computation = thread::spawn(move || compute(count));

    println!("Main thread continues executing...");

    shared::waiting("join");
    // `unwrap`: the thread did not panic. `?`: its work did not fail.
    let sequence = computation.join().unwrap()?;
    println!("Fibonacci sequence: {sequence:?}");
    println!("Main thread exiting.");
    Ok(())
}

/// The thread's work.
fn compute(count: usize) -> Result<Vec<u128>, String> {
    let _span = shared::span("fibonacci");
    thread::sleep(WORK);
    fibonacci(count)
}

/// The first `count` Fibonacci numbers. Fails if they do not all fit in 128 bits.
fn fibonacci(count: usize) -> Result<Vec<u128>, String> {
    let mut sequence = Vec::new();
    while sequence.len() < count {
        let next = match sequence[..] {
            [] => Some(0),
            [_] => Some(1),
            [.., a, b] => u128::checked_add(a, b),
        };
        let Some(next) = next else {
            let most = sequence.len();
            return Err(format!(
                "{count} Fibonacci numbers do not fit in 128 bits: {most} do"
            ));
        };
        sequence.push(next);
    }
    Ok(sequence)
}

/// No argument, or a whole number.
fn parse(mut args: impl Iterator<Item = String>) -> Result<usize, String> {
    let count = args
        .next()
        .map_or(Ok(COUNT), |count| count.parse().map_err(|_| count));
    match (count, args.next()) {
        (Ok(count), None) => Ok(count),
        (Err(wrong), _) => Err(format!(
            "expected how many numbers, 0 to 187, not \"{wrong}\""
        )),
        (_, Some(extra)) => Err(format!("unexpected argument \"{extra}\"")),
    }
}
