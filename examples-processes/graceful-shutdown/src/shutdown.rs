//! The pattern: the first request to stop begins an orderly end. At a second one,
//! or when the grace time is over, the program gives up, and ends in any case.

use std::time::{Duration, Instant};
use std::{process, thread};

/// Requests that are closer together are one: `timeout` sends each signal twice.
const SAME_REQUEST: Duration = Duration::from_millis(100);
/// How long `main` has to return when the program has given up.
const LAST_MOMENT: Duration = Duration::from_secs(2);

/// Calls `stop` at the first Ctrl-C, SIGTERM or SIGHUP. If the program has not
/// ended after the grace time, or is asked again, calls `give_up`.
pub fn on_request(
    grace: Duration,
    stop: impl Fn() + Send + 'static,
    give_up: fn(),
) -> Result<(), ctrlc::Error> {
    let mut first: Option<Instant> = None;
    // The signal handler itself may hardly do anything. That of ctrlc only wakes a
    // thread, which calls this, so this may do everything.
    ctrlc::set_handler(move || match first {
        None => {
            first = Some(Instant::now());
            end_after(grace, give_up); // first, because `stop` might block
            stop();
        }
        Some(time) if time.elapsed() < SAME_REQUEST => {}
        Some(_) => end(give_up, 130), // the code after a Ctrl-C without a handler
    })
}

/// For a request that is no signal.
pub fn end_after(grace: Duration, give_up: fn()) {
    thread::spawn(move || {
        thread::sleep(grace);
        end(give_up, 1);
    });
}

fn end(give_up: fn(), code: i32) {
    // In a thread of its own, because `give_up` might block, too.
    thread::spawn(move || {
        thread::sleep(LAST_MOMENT); // usually, `main` returns meanwhile
        process::exit(code);
    });
    give_up();
}
