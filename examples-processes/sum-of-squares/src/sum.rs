//! The work: one sum, here or in a process of its own.

use std::hint;
use std::io::{self, Write};

use anyhow::{Context, Result};

use crate::processes;

/// The first argument of the program in its other role.
pub const ROLE: &str = "--sum";

/// In the parent: lets a child compute the sum.
pub fn sum_in_a_process(number: u64) -> Result<u128> {
    let sum = processes::run_again(&[ROLE, &number.to_string()])?;
    sum.parse()
        .with_context(|| format!("its process sent {sum:?}"))
}

/// The child's whole work: one number in, one line out.
pub fn send_sum(number: u64) -> Result<()> {
    processes::end_with_parent();
    writeln!(io::stdout(), "{}", sum_of_squares(number))?;
    Ok(())
}

/// The sum of `i * i` for all `i` below `number`. It is above 2^64 soon.
#[inline(never)] // one copy for both ways: of two, one was slower by a tenth
pub fn sum_of_squares(number: u64) -> u128 {
    let _span = shared::span(number);
    // Without `black_box` a release build has no loop: the compiler finds the
    // formula for the sum, and there is nothing left to measure.
    (0..number)
        .map(|i| u128::from(hint::black_box(i)).pow(2))
        .sum()
}
