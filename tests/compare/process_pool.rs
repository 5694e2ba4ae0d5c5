//! What the pool of process-pool costs: prints one figure a run, for
//! `process_pool.py`, which says what each of them is.

#![cfg_attr(
    not(unix),
    allow(dead_code, unused_imports, reason = "there is no main")
)]

use std::hint::black_box;
use std::time::Instant;
use std::{env, process};

use process_pool::pool::{self, Handle, Job, Options, Pool};
use serde::{Deserialize, Serialize};

#[derive(Clone, Serialize, Deserialize)]
enum Work {
    Square(u64),
    /// The sum of the squares below a number.
    Sum(u64),
    Abort,
}

impl Job for Work {
    type Output = u64;

    fn run(self) -> u64 {
        match self {
            Work::Square(number) => number * number,
            // The optimizer knows a formula for the sum.
            Work::Sum(below) => (0..below)
                .map(|n| black_box(n) * n)
                .fold(0, u64::wrapping_add),
            Work::Abort => process::abort(),
        }
    }
}

// The same as in `process_pool.py`: what stands in one row is the same work.
const ROUND_TRIPS: u64 = 10_000;
const WARM_UP: u64 = 1_000;
const TINY_JOBS: u64 = 1_000_000;
const CHUNK: usize = 1_000;

#[cfg(unix)]
fn main() {
    pool::serve::<Work>();
    let args: Vec<String> = env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args[..] {
        ["echo"] => ping_pong::echo(),
        ["ping-pong"] => println!("{}", ping_pong::microseconds()),
        ["one-by-one"] => println!("{}", one_by_one()),
        ["map-one-by-one"] => println!("{}", map(1, 1, ROUND_TRIPS)),
        ["map-in-chunks"] => println!("{}", map(2, CHUNK, TINY_JOBS)),
        ["start"] => println!("{}", start()),
        ["sums", below, count, workers] => {
            let number = |text: &str| text.parse().expect("a number");
            println!("{}", sums(number(below), number(count), number(workers)));
        }
        ["crash"] => println!("{}", crash()),
        _ => panic!("process_pool.py knows the arguments"),
    }
}

#[cfg(not(unix))]
fn main() {}

/// Microseconds a job, when each is waited for before the next is submitted.
fn one_by_one() -> f64 {
    let pool = Pool::new(1);
    let square =
        |number| pool.submit(Work::Square(number)).wait().expect("a square");
    for number in 0..WARM_UP {
        assert_eq!(square(number), number * number);
    }
    let start = Instant::now();
    for number in 0..ROUND_TRIPS {
        black_box(square(number));
    }
    each(start, ROUND_TRIPS)
}

/// Microseconds a job of a `map` over many.
fn map(workers: usize, chunk: usize, count: u64) -> f64 {
    let pool = Pool::with(Options {
        workers: Some(workers),
        chunk: Some(chunk),
        ..Options::default()
    });
    pool.map((0..WARM_UP).map(Work::Square)).for_each(drop);
    let start = Instant::now();
    let squares: Vec<_> = pool.map((0..count).map(Work::Square)).collect();
    let each = each(start, count);
    for (number, square) in (0..).zip(squares) {
        assert_eq!(square.expect("a square"), number * number);
    }
    each
}

/// Milliseconds until a new pool of two has done its first job.
fn start() -> f64 {
    let start = Instant::now();
    let pool = Pool::new(2);
    let square = pool.submit(Work::Square(3)).wait().expect("a square");
    let time = start.elapsed();
    assert_eq!(square, 9);
    time.as_secs_f64() * 1e3
}

/// Seconds for this many sums of the squares below a number.
fn sums(below: u64, count: u64, workers: u64) -> f64 {
    let pool = Pool::with(Options {
        workers: usize::try_from(workers).ok(),
        chunk: Some(1),
        ..Options::default()
    });
    pool.map((0..workers).map(Work::Square)).for_each(drop);
    let start = Instant::now();
    for sum in pool.map((0..count).map(|_| Work::Sum(below))) {
        black_box(sum.expect("a sum"));
    }
    start.elapsed().as_secs_f64()
}

/// What comes back from ten jobs, of which one ends its process.
fn crash() -> String {
    let pool = Pool::new(2);
    let job = |n| if n == 5 { Work::Abort } else { Work::Square(n) };
    let handles: Vec<_> = (0..10).map(|n| pool.submit(job(n))).collect();
    let results: Vec<_> = handles.into_iter().map(Handle::wait).collect();
    let came = results.iter().filter(|result| result.is_ok()).count();
    let error = results[5].as_ref().expect_err("it aborts");
    let next = match pool.submit(Work::Square(3)).wait() {
        Ok(square) => square.to_string(),
        Err(error) => error.to_string(),
    };
    format!("{came} of 10 results; job 5: {error}; the next job: {next}")
}

/// Microseconds since then for each of so many.
#[expect(clippy::cast_precision_loss, reason = "it is far below 2 to the 52nd")]
fn each(start: Instant, count: u64) -> f64 {
    start.elapsed().as_secs_f64() * 1e6 / count as f64
}

/// What two processes can do at best over such a channel: eight bytes there, eight
/// bytes back.
#[cfg(unix)]
mod ping_pong {
    use std::io::{Read, Write, stdin};
    use std::os::fd::{AsFd, OwnedFd};
    use std::os::unix::net::UnixStream;
    use std::process::Command;
    use std::time::Instant;
    use std::{env, io};

    use super::{ROUND_TRIPS, WARM_UP, each};

    pub fn microseconds() -> f64 {
        let (mut ours, theirs) = UnixStream::pair().expect("a socket pair");
        let this = env::current_exe().expect("the program has a path");
        let child = Command::new(this)
            .arg("echo")
            .stdin(OwnedFd::from(theirs))
            .spawn();
        let mut child = child.expect("it starts");
        let mut round_trip = || -> io::Result<()> {
            ours.write_all(&[7; 8])?;
            ours.read_exact(&mut [0; 8])
        };
        for _ in 0..WARM_UP {
            round_trip().expect("an echo");
        }
        let start = Instant::now();
        for _ in 0..ROUND_TRIPS {
            round_trip().expect("an echo");
        }
        let each = each(start, ROUND_TRIPS);
        drop(ours);
        child.wait().expect("it ends");
        each
    }

    pub fn echo() {
        let stdin = stdin().as_fd().try_clone_to_owned().expect("it is open");
        let mut stream = UnixStream::from(stdin);
        let mut message = [0; 8];
        while stream.read_exact(&mut message).is_ok() {
            stream.write_all(&message).expect("somebody reads");
        }
    }
}
