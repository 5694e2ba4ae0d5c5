//! Many URLs, five threads: a pool whose workers take one download after the other.
//!
//! Run it:    `cargo run -p download-pool`, or with URLs of your own:
//!            `cargo run -p download-pool -- https://example.com`
//! Look for:  five downloads begin at once, each of the others when one is done.
//! Python:    `download_pool.py`

mod download;
mod pool;
#[cfg(test)]
mod tests;

use std::env;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Result, anyhow};
use threadpool::ThreadPool;
use ureq::Agent;

const WORKERS: usize = 5;

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
    let results = download_all(&urls);
    let time = start.elapsed().as_secs_f64();

    let size = |bytes: &Option<usize>| {
        bytes.map_or_else(|| "failed".into(), |bytes| bytes.to_string())
    };
    let sizes: Vec<String> = results.iter().map(size).collect();
    let done = results.iter().flatten().count();
    println!("In the order of the input: {} bytes", sizes.join(", "));
    println!("Downloaded {done} sites in {time:.2} seconds");
    if done == urls.len() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Downloads all of them, five at a time, and reports each as it completes.
/// Returns the numbers of bytes in the order of the URLs, `None` for a failure.
fn download_all(urls: &[String]) -> Vec<Option<usize>> {
    let pool = ThreadPool::with_name("worker".into(), WORKERS);
    let agent = download::agent();
    // A job may outlive this function, so it owns what it needs.
    let work = move |(site, url): (usize, String)| download_one(&agent, site, &url);
    let sites = (1..).zip(urls.to_vec());

    shared::waiting("results");
    let mut completed = Vec::new();
    for (place, outcome) in pool::as_completed(&pool, sites, work) {
        let panicked = |message| Err(anyhow!("its job panicked: {message}"));
        let (site, url) = (place + 1, &urls[place]);
        let bytes = outcome.unwrap_or_else(panicked);
        match &bytes {
            Ok(bytes) => {
                println!("[site-{site}] Downloaded {bytes} bytes from {url}");
            }
            Err(error) => {
                // In one piece: `eprintln!` writes in several, and workers print.
                let line = format!("[site-{site}] {url}: {error:#}\n");
                eprint!("{line}");
            }
        }
        completed.push((place, bytes.ok()));
    }
    pool::in_order(completed)
}

/// A job.
fn download_one(agent: &Agent, site: usize, url: &str) -> Result<usize> {
    println!("[site-{site}] Downloading {url}");
    shared::waiting(format_args!("site-{site}"));
    let page = download::download(agent, url);
    let _span = shared::span("count"); // ends the waiting, also where it failed
    Ok(page?.len())
}
