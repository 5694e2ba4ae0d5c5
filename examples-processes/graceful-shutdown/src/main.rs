//! A service is asked to stop: it finishes some jobs, and returns the rest.
//!
//! - Run it: `cargo run -p graceful-shutdown`
//! - Look for: the order of the end, and that no job is lost in any of the three.
//! - Python: `graceful_shutdown.py`

mod service;
mod shutdown;
mod worker;

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use std::{env, thread};

use anyhow::{Context, Result, bail};

const AN_HOUR: u64 = 3_600_000; // milliseconds, as all times here

fn main() -> Result<()> {
    shared::tidy_output();
    // The service and its workers are this same program in other roles.
    let args: Vec<String> = env::args().skip(1).collect();
    match &args[..] {
        [] => parent(),
        [role, job_time, grace] if role == "service" => {
            service::run(job_time, grace)
        }
        [role, job_time] if role == "worker" => worker::run(job_time),
        _ => bail!("there is no role {args:?}"),
    }
}

fn parent() -> Result<()> {
    println!("Jobs of 20 ms, and 2 s to stop:");
    run_and_stop(20, 2_000, 1)?;
    println!("Jobs of an hour, and 0.2 s to stop:");
    run_and_stop(AN_HOUR, 200, 1)?;
    println!("Jobs of an hour, 2 s to stop, and a second request:");
    run_and_stop(AN_HOUR, 2_000, 2)
}

/// Starts a service, sends it jobs, asks it to stop while it works, and prints what
/// has become of the jobs.
fn run_and_stop(job_time: u64, grace: u64, requests: usize) -> Result<()> {
    let mut service = Command::new(env::current_exe()?)
        .arg("service")
        .args([job_time, grace].map(|time| time.to_string()))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot start the service")?;
    let input = service.stdin.as_mut().expect("it is piped");
    writeln!(input, "1\n2\n3\n4\n5").context("the service is gone")?;
    let mut lost = vec![1, 2, 3, 4, 5];

    let events = service.stdout.take().expect("it is piped");
    for line in BufReader::new(events).lines() {
        let event = line?;
        let words: Vec<&str> = event.split(' ').collect();
        println!("[{}] {}", words[0], words[1..].join(" "));
        match words[1..] {
            ["begins", "2"] => request(&mut service)?, // both workers have a job
            ["is", "stopping"] if requests == 2 => {
                thread::sleep(Duration::from_millis(150)); // or it is the same one
                request(&mut service)?;
            }
            ["finishes" | "returns", job] => {
                lost.retain(|it| Ok(*it) != job.parse());
            }
            _ => {}
        }
    }
    println!("{}, lost: {lost:?}", service.wait()?);
    Ok(())
}

/// Sends SIGTERM, as `kill`, service managers and containers do.
#[cfg(unix)]
fn request(service: &mut Child) -> Result<()> {
    use rustix::process::{Pid, Signal, kill_process};
    Ok(kill_process(Pid::from_child(service), Signal::TERM)?)
}

/// On other systems, the end of its input is the request.
#[cfg(not(unix))]
fn request(service: &mut Child) -> Result<()> {
    service.stdin = None;
    Ok(())
}
