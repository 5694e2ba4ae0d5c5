//! What the pool of process-pool costs: prints one figure a run, for
//! `process_pool.py`, which says what each of them is.

#![cfg_attr(
    not(unix),
    allow(dead_code, unused_imports, reason = "there is no main")
)]

// The folder is named, and not the file, because the file has a folder of its own.
#[path = "../../examples-processes/process-pool/src"]
mod process_pool {
    pub mod pool;
}

use std::hint::black_box;
use std::time::Instant;
use std::{env, process};

use process_pool::pool::{self, Job, Options, Pool};
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

const ROUND_TRIPS: u64 = 20_000;
const WARM_UP: u64 = 1_000;
const TINY_JOBS: u64 = 1_000_000;
const LONG_JOBS: usize = 40;
/// About 50 ms.
const LONG_SUM: u64 = 100_000_000;

#[cfg(unix)]
fn main() {
    pool::serve::<Work>();
    let args: Vec<String> = env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args[..] {
        ["echo"] => ping_pong::echo(),
        ["ping-pong"] => println!("{}", ping_pong::microseconds()),
        ["one-by-one"] => println!("{}", one_by_one()),
        ["map", chunk] => println!("{}", map(1, chunk.parse().ok())),
        ["chunks"] => println!("{}", map(2, None)),
        ["start"] => println!("{}", start()),
        ["long", workers] => {
            let workers = workers.parse().expect("a number");
            println!("{}", long(workers));
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
fn map(workers: usize, chunk: Option<usize>) -> f64 {
    let pool = Pool::with(Options {
        workers: Some(workers),
        chunk,
        ..Options::default()
    });
    let squares = |count| pool.map((0..count).map(Work::Square));
    squares(WARM_UP);
    let count = if chunk == Some(1) {
        ROUND_TRIPS
    } else {
        TINY_JOBS
    };
    let start = Instant::now();
    let squares = squares(count);
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

/// Seconds for work that keeps all workers busy.
fn long(workers: usize) -> f64 {
    let pool = Pool::new(workers);
    pool.map(vec![Work::Square(1); workers]);
    let start = Instant::now();
    let sums = pool.map(vec![Work::Sum(LONG_SUM); LONG_JOBS]);
    let time = start.elapsed();
    assert!(sums.iter().all(Result::is_ok));
    time.as_secs_f64()
}

/// What comes back from ten jobs, of which one ends its process.
fn crash() -> String {
    let pool = Pool::new(2);
    let jobs = (0..10).map(|n| if n == 5 { Work::Abort } else { Work::Square(n) });
    let results = pool.map(jobs);
    let came = results.iter().filter(|result| result.is_ok()).count();
    let error = results[5].as_ref().expect_err("it aborts");
    let next = match pool.submit(Work::Square(3)).wait() {
        Ok(_) => "the next job is done".into(),
        Err(error) => error.to_string(),
    };
    format!("{came} of 10 results; job 5: {error}; {next}")
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
