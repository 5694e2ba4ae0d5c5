//! Many URLs, five threads: a pool whose workers take one download after the other.
//!
//! Run it:    `cargo run -p download-pool`, or with URLs of your own:
//!            `cargo run -p download-pool -- https://example.com`
//! Look for:  site-6 waits until one of the first five is done.
//! Python:    `download_pool.py`

mod download;
mod pool;
#[cfg(test)]
mod tests;

use std::env;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Result, anyhow};
use threadpool::Builder;
use ureq::Agent;

const WORKERS: usize = 5;

fn main() -> ExitCode {
    let args = env::args_os().skip(1);
    run(args.map(|url| url.to_string_lossy().into_owned()).collect())
}

fn run(urls: Vec<String>) -> ExitCode {
    let urls = if urls.is_empty() { shared::sites(9) } else { urls };
    let option = urls.iter().find(|url| url.starts_with('-'));
    if urls.is_empty() || option.is_some() {
        let wrong = option.map_or("nothing", String::as_str);
        eprintln!("expected URLs, not {wrong}");
        return ExitCode::from(2);
    }

    let start = Instant::now();
    let results = download_all(&urls);
    let time = start.elapsed().as_secs_f64();

    let (mut list, mut failed) = (Vec::new(), 0);
    for (url, bytes) in urls.iter().zip(results) {
        match bytes {
            Ok(bytes) => list.push(bytes.to_string()),
            Err(error) => {
                eprintln!("{url}: {error:#}");
                list.push("failed".into());
                failed += 1;
            }
        }
    }
    println!("In the order of the input: {} bytes", list.join(", "));
    println!("Downloaded {} sites in {time:.2} seconds", urls.len() - failed);
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Downloads all of them, five at a time, and reports each as it completes. The
/// numbers of bytes are in the order of the URLs.
fn download_all(urls: &[String]) -> Vec<Result<usize>> {
    let pool =
        Builder::new().num_threads(WORKERS).thread_name("worker".into()).build();
    let agent = download::agent();
    // A job may outlive this function, so it owns what it needs.
    let work = move |(site, url): (usize, String)| download_one(&agent, site, &url);
    let sites = (1..).zip(urls.to_vec());

    shared::waiting("results");
    let mut completed = Vec::new();
    for (place, outcome) in pool::as_completed(&pool, sites, work) {
        let panicked = |message| Err(anyhow!("its job panicked: {message}"));
        let bytes = outcome.unwrap_or_else(panicked);
        if let Ok(bytes) = bytes {
            let (site, url) = (place + 1, &urls[place]);
            println!("[site-{site}] Downloaded {bytes} bytes from {url}");
        }
        completed.push((place, bytes));
    }
    pool::in_order(completed)
}

/// A job.
fn download_one(agent: &Agent, site: usize, url: &str) -> Result<usize> {
    let _span = shared::span(format_args!("site-{site}"));
    println!("[site-{site}] Downloading {url}");
    download::download(agent, url).map(|page| page.len())
}
