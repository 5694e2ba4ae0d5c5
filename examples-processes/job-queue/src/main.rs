//! The same jobs on a local pool, or on any number of machines.
//!
//! - Run it: `cargo run -p job-queue`, and with a `nats-server` on this machine
//!   `cargo run -p job-queue demo`
//! - Look for: one worker is killed in the middle of a job, and none is lost.
//! - Python: `job_queue.py`

mod demo;
mod jobs;
mod queue;

use std::time::Duration;
use std::{env, process};

use anyhow::{Result, anyhow, bail};
use jobs::{Work, jobs, print};
use process_pool::pool::{self, Options, Pool};
use queue::{Answer, Queue};
use tokio::sync::watch;

/// A job that takes longer counts as hung. (Only Unix can notice it.)
const TIMEOUT: Duration = Duration::from_secs(60);

fn main() -> Result<()> {
    shared::tidy_output();
    // Before the runtime starts, so that the processes of the pool have none.
    pool::serve::<Work>();

    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        [] if env::var_os("NATS_URL").is_none() => {
            print(local());
            Ok(())
        }
        [] => coordinator(&format!("{:08x}", rand::random::<u32>())),
        ["run", name] => coordinator(name),
        ["worker"] => {
            let name = format!("worker-{}", process::id());
            worker(&name, watch::Sender::new(false))
        }
        ["demo"] => demo::run(),
        // What the demonstration starts.
        [name] if name.starts_with("worker-") => demo::worker_of_demo(name),
        ["server", folder] => demo::server(folder),
        _ => bail!("expected nothing, \"run NAME\", \"worker\" or \"demo\""),
    }
}

fn local() -> Vec<Answer<Work>> {
    println!("On a pool of this machine:");
    let pool = Pool::new(2);
    let results = pool.map(jobs());
    results
        .map(|result| result.map_err(|error| error.cause.to_string()))
        .collect()
}

/// Sends the jobs, and prints the answers in the order of the jobs.
#[tokio::main(flavor = "current_thread")]
async fn coordinator(run: &str) -> Result<()> {
    let queue = Queue::connect(&url()?).await?;
    println!("If this program is killed, go on with: job-queue run {run}");
    print(queue.map(run, &jobs()).await?);
    Ok(())
}

/// Does jobs, one at a time, until it is asked to stop.
#[tokio::main(flavor = "current_thread")]
async fn worker(name: &str, stop: watch::Sender<bool>) -> Result<()> {
    let queue = Queue::connect(&url()?).await?;
    let pool = Pool::with(Options {
        workers: Some(1),
        timeout: cfg!(unix).then_some(TIMEOUT),
        ..Options::default()
    });
    let stopped = stop.subscribe();
    ctrlc::set_handler(move || {
        if stop.send_replace(true) {
            process::exit(130); // asked a second time
        }
    })?;
    queue.work::<Work>(name, pool, stopped).await;
    Ok(())
}

fn url() -> Result<String> {
    env::var("NATS_URL").map_err(|_| anyhow!("NATS_URL has to name a server"))
}
