//! `Pool.map` by hand: sums of squares, one after the other, and then each in a
//! process of its own.
//!
//! - Run it: `cargo run -p sum-of-squares`, or with a number of your own:
//!   `cargo run --release -p sum-of-squares -- 100000000`
//! - Look for: the same sums in half the time, on two cores.
//! - Python: `sum_of_squares.py`

mod processes;
mod sum;
#[cfg(test)]
mod tests;

use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;
use std::time::Instant;
use std::{env, thread};

use anyhow::Result;

use sum::{sum_in_a_process, sum_of_squares};

/// The first of the eight numbers, in a run without arguments.
const FIRST: u32 = 10_000_000;

fn main() -> ExitCode {
    shared::tidy_output();
    let args = env::args_os()
        .skip(1)
        .map(|arg| arg.to_string_lossy().into_owned());
    let args: Vec<String> = args.collect();
    // Before anything else, or every child would start children of its own.
    if let [role, number] = args.as_slice()
        && role == sum::ROLE
        && let Ok(number) = number.parse()
    {
        return exit_code(sum::send_sum(number).map(|()| ExitCode::SUCCESS));
    }
    match parse(&args) {
        Ok(first) => exit_code(compare(first)),
        Err(wrong_argument) => {
            let _ = writeln!(io::stderr(), "{wrong_argument}");
            ExitCode::from(2)
        }
    }
}

fn compare(first: u32) -> Result<ExitCode> {
    let mut out = io::stdout();
    let numbers: Vec<u64> = (first.into()..).take(8).collect();
    let cores = thread::available_parallelism()?.get();
    writeln!(out, "Cores: {cores}")?;

    let one_by_one = || numbers.iter().map(|&n| sum_of_squares(n)).collect();
    let (serial, alone): (Vec<u128>, f64) = timed(one_by_one);
    writeln!(out, "Serial: {alone:.2} seconds")?;

    shared::waiting("processes");
    let in_processes = || processes::map(&numbers, cores, |&n| sum_in_a_process(n));
    let (sums, time) = timed(in_processes);
    let lost = sums.iter().filter(|sum| sum.is_err()).count();
    if lost == 0 {
        let faster = alone / time;
        writeln!(
            out,
            "Processes: {time:.2} seconds, {faster:.2} times as fast"
        )?;
    } else {
        writeln!(out, "Processes: {time:.2} seconds, {lost} of the sums lost")?;
    }

    for (number, sum) in numbers.iter().zip(&sums) {
        match sum {
            Ok(sum) => writeln!(out, "Sum of squares below {number}: {sum}")?,
            Err(error) => writeln!(io::stderr(), "{number}: {error:#}")?,
        }
    }
    let mut both = sums.iter().zip(&serial);
    let all_match =
        both.all(|(sum, alone)| sum.as_ref().map_or(true, |s| s == alone));
    writeln!(out, "Results match: {all_match}")?;
    let well = all_match && lost == 0;
    Ok(if well {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// What `work` returns, and how many seconds it takes.
fn timed<R>(work: impl FnOnce() -> R) -> (R, f64) {
    let start = Instant::now();
    (work(), start.elapsed().as_secs_f64())
}

/// No argument, or the first of the numbers.
fn parse(args: &[String]) -> Result<u32, String> {
    match args {
        [] => Ok(FIRST),
        [first] => first.parse().map_err(|_| {
            format!("expected a number from 0 to 4294967295, not \"{first}\"")
        }),
        [_, extra, ..] => Err(format!("unexpected argument \"{extra}\"")),
    }
}

fn exit_code(result: Result<ExitCode>) -> ExitCode {
    result.unwrap_or_else(|error| {
        // Whoever read our lines has left (`| head -1`): nobody to tell.
        let left = |error: &io::Error| error.kind() == ErrorKind::BrokenPipe;
        if !error.downcast_ref().is_some_and(left) {
            let _ = writeln!(io::stderr(), "{error:#}");
        }
        ExitCode::FAILURE
    })
}
