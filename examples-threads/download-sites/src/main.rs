//! One thread a URL: all of them wait for their sites at the same time.
//!
//! Run it:    `cargo run -p download-sites`, or with URLs of your own:
//!            `cargo run -p download-sites -- https://example.com`
//! Look for:  nine sites take as long as one.
//! Python:    `download_sites.py`

mod download;
#[cfg(test)]
mod tests;

use std::fmt::Display;
use std::process::ExitCode;
use std::thread::{self, ScopedJoinHandle};
use std::time::{Duration, Instant};
use std::{env, io};

use anyhow::{Context, Result, anyhow};
use ureq::Agent;

/// The number of bytes or why there are none, and how long that took.
type Outcome = (Result<usize>, Duration);

fn main() -> ExitCode {
    shared::tidy_output();
    let args = env::args_os().skip(1);
    run(args.map(|url| url.to_string_lossy().into_owned()).collect())
}

fn run(urls: Vec<String>) -> ExitCode {
    #[rustfmt::skip] // two lines with `shared::`, which can be deleted
    let urls = if urls.is_empty() { shared::sites(9) } else { urls };
    let option = urls.iter().find(|url| url.starts_with('-'));
    if urls.is_empty() || option.is_some() {
        let wrong = option.map_or("nothing", String::as_str);
        eprintln!("expected URLs, not \"{wrong}\"");
        return ExitCode::from(2);
    }

    let start = Instant::now();
    let outcomes = download_all(&urls);
    let whole = start.elapsed();

    // The threads have ended: nothing is printed in between.
    let mut failed = 0;
    for (url, (bytes, _)) in urls.iter().zip(&outcomes) {
        if let Err(error) = bytes {
            eprintln!("{url}: {error:#}");
            failed += 1;
        }
    }
    let added_up: Duration = outcomes.iter().map(|(_, time)| time).sum();
    let done = urls.len() - failed;
    println!(
        "Downloaded {done} sites in {:.2} seconds",
        whole.as_secs_f64()
    );
    println!(
        "Their times add up to {:.2} seconds",
        added_up.as_secs_f64()
    );
    if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Downloads all of them at once, a thread for each. The outcomes are in the order
/// of the URLs.
fn download_all(urls: &[String]) -> Vec<Outcome> {
    let agent = download::agent();
    // A scope waits for its threads, so they may borrow the agent and the URLs.
    thread::scope(|scope| {
        let mut threads = Vec::new();
        for (site, url) in (1..).zip(urls) {
            let named = thread::Builder::new().name(format!("site-{site}"));
            threads.push(named.spawn_scoped(scope, || download_one(&agent, url)));
        }
        shared::waiting("join");
        threads.into_iter().map(join).collect()
    })
}

/// Waits for a thread, if it could be started.
fn join(thread: io::Result<ScopedJoinHandle<Outcome>>) -> Outcome {
    let joined = thread.context("cannot start a thread").and_then(|thread| {
        thread.join().map_err(|_| anyhow!("its thread panicked"))
    });
    joined.unwrap_or_else(|error| (Err(error), Duration::ZERO))
}

/// A thread's whole work.
fn download_one(agent: &Agent, url: &str) -> Outcome {
    let start = Instant::now();
    say(format_args!("Downloading {url}"));
    shared::waiting("download");
    let bytes = download::download(agent, url).map(|page| page.len());
    if let Ok(bytes) = bytes {
        say(format_args!("Downloaded {bytes} bytes from {url}"));
    }
    (bytes, start.elapsed())
}

fn say(what: impl Display) {
    println!("[{}] {what}", thread::current().name().unwrap_or("unnamed"));
}
