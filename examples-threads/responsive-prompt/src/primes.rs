//! The work: it looks for primes, step by step.

use crate::job::Job;

/// A step takes a few milliseconds at most.
pub const STEPS: usize = 10_000;
const STEP_LEN: usize = if cfg!(debug_assertions) { 100 } else { 1_000 };
const FIRST: u64 = 100_000_000;

/// Returns how many primes it has found.
pub fn find_primes(job: &Job) -> usize {
    shared::lane("job");
    let mut primes = 0;
    let mut numbers = FIRST..;
    job.run(STEPS, || {
        let _span = shared::span("step");
        let step = numbers.by_ref().take(STEP_LEN);
        primes += step.filter(|number| is_prime(*number)).count();
    });
    primes
}

/// Tries every divisor. There are faster ways, but this one takes time.
fn is_prime(number: u64) -> bool {
    let mut divisors = (2..).take_while(|divisor| divisor * divisor <= number);
    !divisors.any(|divisor| number.is_multiple_of(divisor))
}
