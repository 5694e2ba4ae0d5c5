//! What a span costs, off and on: `cargo bench -p shared`.

use std::process::Command;
use std::time::{Duration, Instant};
use std::{env, fs, process};

use std::hint::black_box;

const ROUNDS: usize = 20;
const SPANS: u32 = 20_000; // a round

fn main() {
    let on = env::var_os("TIMELINE_LOG").is_some();
    let mut rounds: Vec<Duration> = (0..ROUNDS).map(|_| round()).collect();
    rounds.sort();
    let nanoseconds =
        |round: Duration| round.as_secs_f64() * 1e9 / f64::from(SPANS);
    println!(
        "{:3}: {:7.1} ns a span (median of {ROUNDS}, least {:.1}, most {:.1})",
        if on { "on" } else { "off" },
        nanoseconds(rounds[ROUNDS / 2]),
        nanoseconds(rounds[0]),
        nanoseconds(rounds[ROUNDS - 1]),
    );
    if !on {
        // A process reads the variable once: the other side needs another one.
        let log = env::temp_dir().join(format!("span-{}.log", process::id()));
        let this = env::current_exe().expect("the program has a path");
        let ended = Command::new(this).env("TIMELINE_LOG", &log).status();
        let _ = fs::remove_file(log);
        assert!(ended.is_ok_and(|status| status.success()));
    }
}

fn round() -> Duration {
    let start = Instant::now();
    for number in 0..SPANS {
        let _span = shared::span(format_args!("job {}", black_box(number)));
    }
    start.elapsed()
}
