//! A coordinator and workers for the drills of `job_queue.py`: the pattern of
//! job-queue with jobs of any length, one of which may kill its worker.

#[path = "../../examples-processes/job-queue/src/queue/mod.rs"]
mod queue;

use std::time::{Duration, Instant};
use std::{env, process, thread};

use anyhow::{Context, Result, bail};
use process_pool::pool::{self, Job, Pool};
use queue::Queue;
use serde::{Deserialize, Serialize};
use tokio::runtime::Builder;
use tokio::sync::watch;

#[derive(Serialize, Deserialize)]
struct Square {
    number: u64,
    milliseconds: u64,
    kills_worker: bool,
    /// Makes the message of one job larger than a server accepts.
    filler: String,
}

impl Job for Square {
    type Output = u64;

    fn run(self) -> u64 {
        #[cfg(unix)]
        if self.kills_worker {
            use rustix::process::{Signal, getppid, kill_process};
            let worker = getppid().expect("it was started by one");
            kill_process(worker, Signal::KILL).expect("it is ours");
        }
        thread::sleep(Duration::from_millis(self.milliseconds));
        self.number * self.number
    }

    fn init() {
        // A request to stop is for the worker, which finishes the job that it has.
        ctrlc::set_handler(|| ()).expect("it is the first handler");
    }
}

fn main() -> Result<()> {
    pool::serve::<Square>();
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let url = env::var("NATS_URL").context("NATS_URL")?;
    let runtime = Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let queue = Queue::connect(&url).await?;
        match arguments[..] {
            ["worker"] => work(&queue).await,
            ["run", run, jobs, milliseconds, killer, large] => {
                let mut squares = Vec::new();
                for number in 1..=jobs.parse()? {
                    let is = |other: &str| other == number.to_string();
                    squares.push(Square {
                        number,
                        milliseconds: milliseconds.parse()?,
                        kills_worker: is(killer),
                        filler: " ".repeat(if is(large) { 2 << 20 } else { 0 }),
                    });
                }
                coordinate(&queue, run, &squares).await
            }
            _ => bail!("expected \"worker\" or \"run NAME JOBS MS KILLER LARGE\""),
        }
    })
}

async fn work(queue: &Queue) -> Result<()> {
    let stop = watch::Sender::new(false);
    let stopped = stop.subscribe();
    ctrlc::set_handler(move || {
        stop.send_replace(true);
    })?;
    let name = format!("worker-{}", process::id());
    queue.work::<Square>(&name, Pool::new(1), stopped).await;
    Ok(())
}

/// Prints each answer on a line, and then how many seconds it took.
async fn coordinate(queue: &Queue, run: &str, squares: &[Square]) -> Result<()> {
    let start = Instant::now();
    let answers = queue.map(run, squares).await?;
    let seconds = start.elapsed().as_secs_f64();
    for answer in answers {
        match answer {
            Ok(square) => println!("{square}"),
            Err(error) => println!("{error}"),
        }
    }
    println!("{seconds}");
    Ok(())
}
