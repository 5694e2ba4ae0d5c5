//! Tries what a pool promises also where there is no Unix.

mod pool;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use std::{panic, process};

use pool::{Job, JobError, JobResult, Options, Pool};
use serde::{Deserialize, Serialize};

#[derive(Clone, Serialize, Deserialize)]
enum Work {
    Echo(u32),
    Inits,
    Length(String),
    Complain,
    Panic,
    Abort,
    Exit,
}

static INITS: AtomicUsize = AtomicUsize::new(0);

impl Job for Work {
    type Output = String;

    fn init() {
        INITS.fetch_add(1, Ordering::Relaxed);
    }

    fn run(self) -> String {
        match self {
            Work::Echo(number) => number.to_string(),
            Work::Inits => INITS.load(Ordering::Relaxed).to_string(),
            Work::Length(text) => text.len().to_string(),
            Work::Complain => {
                eprintln!("it is free to do so");
                String::new()
            }
            Work::Panic => panic!("on purpose"),
            Work::Abort => process::abort(),
            Work::Exit => process::exit(3),
        }
    }
}

fn short(results: Vec<JobResult<String>>) -> Vec<String> {
    let text = |result| match result {
        Ok(value) => value,
        Err(JobError::Died(status)) if status.code() == Some(3) => "exited".into(),
        Err(JobError::Died(_)) => "died".into(),
        Err(error) => error.to_string(),
    };
    results.into_iter().map(text).collect()
}

fn main() {
    pool::serve::<Work>();

    let pool = Pool::new(2);
    let echoes = || (0..3000).map(Work::Echo);
    let echoed: Vec<String> = (0..3000).map(|number| number.to_string()).collect();
    assert_eq!(short(pool.map(echoes())), echoed);

    // Alone, and in chunks with others.
    let bad = [Work::Panic, Work::Abort, Work::Exit, Work::Complain, Work::Inits];
    let words = ["panicked: on purpose", "died", "exited", "", "1"];
    assert_eq!(short(pool.map(bad.clone())), words);
    let results = short(pool.map(bad.clone().into_iter().chain(echoes())));
    assert_eq!(results[..5], words);
    assert_eq!(results[5..], echoed);

    let mut results: Vec<_> = pool.as_completed(bad).collect();
    results.sort_by_key(|&(place, _)| place);
    let results = results.into_iter().map(|(_, result)| result).collect();
    assert_eq!(short(results), words);

    let long = Work::Length("x".repeat(20 << 20));
    assert_eq!(short(vec![pool.submit(long).wait()]), [(20 << 20).to_string()]);
    let too_long = Work::Length("x".repeat(pool::MAX_FRAME));
    let result = short(vec![pool.submit(too_long).wait()]).remove(0);
    assert!(result.starts_with("cannot be sent"), "{result}");
    assert_eq!(short(pool.map(echoes())), echoed);
    drop(pool);

    let options = Options { jobs_per_worker: Some(7), ..Options::default() };
    assert_eq!(short(Pool::with(options).map(echoes())), echoed);

    // There is no way to keep this promise.
    let timeout = Some(Duration::from_secs(1));
    let refused =
        panic::catch_unwind(|| Pool::with(Options { timeout, ..options }));
    assert!(refused.is_err());
    println!("fine");
}
