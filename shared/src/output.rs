//! What happens when a program cannot print.

use std::io::{self, Write};
use std::{panic, process};

/// What the system calls the error of a pipe whose reader has closed it.
const READER_LEFT: &[&str] = if cfg!(windows) {
    &["(os error 109)", "(os error 232)"] // ERROR_BROKEN_PIPE, ERROR_NO_DATA
} else {
    &["(os error 32)"] // EPIPE
};

/// From here on, a `print!` or `println!` that fails ends the whole program:
/// quietly and with exit code 0 when the reader has left (as `head` does), with one
/// line and exit code 1 when the output cannot be written (a full disk, say). All
/// other panics are reported as before.
///
/// Without it, `println!` panics. A thread that does so while it holds a lock
/// poisons the lock, and the next thread panics, too.
pub fn tidy_output() {
    let earlier_hook = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        // The message of `println!` is formatted, so its payload is a `String`.
        let message = info.payload().downcast_ref::<String>();
        match message
            .and_then(|text| text.strip_prefix("failed printing to stdout: "))
        {
            Some(error) if READER_LEFT.iter().any(|end| error.ends_with(end)) => {
                process::exit(0);
            }
            Some(error) => {
                // Another thread whose print fails waits for this lock forever.
                let mut stderr = io::stderr().lock();
                let _ = writeln!(stderr, "cannot print: {error}");
                process::exit(1);
            }
            None => earlier_hook(info),
        }
    }));
}
