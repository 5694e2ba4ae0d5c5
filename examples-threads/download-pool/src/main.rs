//! Nine downloads on five threads: a worker that is done takes the next URL.
//!
//! - Run it: `cargo run -p download-pool`, or with URLs of your own:
//!   `cargo run -p download-pool -- https://example.com`
//! - Look for: five downloads start at once, the other four when a worker is free.
//! - Python: `download_pool.py`

mod download;
mod pool;
#[cfg(test)]
mod tests;

use std::env;
use std::time::Instant;

use anyhow::{Result, ensure};
use download::printable;
use threadpool::ThreadPool;
use ureq::Agent;

const WORKERS: usize = 5;

fn main() -> Result<()> {
    shared::tidy_output();
    let mut urls = Vec::new();
    for url in env::args_os().skip(1) {
        urls.push(url.to_string_lossy().into_owned());
    }
    if urls.is_empty() {
        urls = shared::sites(9);
    }
    ensure!(!urls.is_empty(), "expected URLs");

    let start = Instant::now();
    let pool = ThreadPool::with_name("worker".into(), WORKERS);
    let agent = download::agent();
    // The pool may outlive this function, so the jobs cannot borrow the URLs.
    let jobs = (1..).zip(urls.clone());
    let results = pool::as_completed(&pool, jobs, move |(site, url)| {
        download_one(&agent, site, &url)
    });

    // Report each result as soon as it is there.
    shared::waiting("results");
    let mut sizes = Vec::new();
    for (position, size) in results {
        let (site, name) = (position + 1, printable(&urls[position]));
        let size = match size {
            Ok(size) => {
                println!("[site-{site}] Downloaded {size} bytes from {name}");
                size.to_string()
            }
            Err(error) => {
                println!(
                    "[site-{site}] Failed to download {name}: {}",
                    printable(&error)
                );
                "failed".to_owned()
            }
        };
        sizes.push((position, size));
    }
    let elapsed = start.elapsed().as_secs_f64();

    let sizes = pool::in_order(sizes);
    println!("In the order of the input: {} bytes", sizes.join(", "));
    let failed = sizes.iter().filter(|size| *size == "failed").count();
    let downloaded = urls.len() - failed;
    println!("Downloaded {downloaded} sites in {elapsed:.2} seconds");
    ensure!(failed == 0, "{failed} of {} downloads failed", urls.len());
    Ok(())
}

/// A job: it runs on one of the workers.
fn download_one(agent: &Agent, site: usize, url: &str) -> Result<usize> {
    println!("[site-{site}] Downloading {}", printable(&url));
    shared::waiting(format_args!("site-{site}"));
    let page = download::download(agent, url);
    let _span = shared::span("count"); // ends the waiting, also where it failed
    Ok(page?.len())
}
