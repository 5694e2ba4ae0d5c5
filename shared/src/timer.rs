//! How long a block took.

use std::fmt::Display;
use std::thread;
use std::time::Instant;

/// Prints `LABEL in 0.10 seconds` when the returned guard is dropped, unless a
/// panic is what drops it.
pub fn timer<L: Display>(label: L) -> Timer<L> {
    Timer {
        label,
        start: Instant::now(),
    }
}

/// A guard: the time is taken, and printed, when it is dropped.
#[must_use = "the timer stops when this guard is dropped"]
pub struct Timer<L: Display> {
    label: L,
    start: Instant,
}

impl<L: Display> Timer<L> {
    fn line(&self) -> String {
        format!(
            "{} in {:.2} seconds",
            self.label,
            self.start.elapsed().as_secs_f64()
        )
    }
}

impl<L: Display> Drop for Timer<L> {
    fn drop(&mut self) {
        if !thread::panicking() {
            println!("{}", self.line());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_has_the_label_and_seconds_with_two_decimals() {
        let line = timer("Slept").line();
        let seconds = line.strip_prefix("Slept in ").unwrap();
        let seconds = seconds.strip_suffix(" seconds").unwrap();
        assert_eq!(seconds.split_once('.').unwrap().1.len(), 2);
        assert!(seconds.parse::<f64>().is_ok());
    }
}
