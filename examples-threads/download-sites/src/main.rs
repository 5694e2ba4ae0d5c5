//! Nine downloads at the same time, each on a thread of its own.
//!
//! - Run it: `cargo run -p download-sites`, or with URLs of your own:
//!   `cargo run -p download-sites -- https://example.com`
//! - Look for: nine sites take hardly longer than one, since the threads only wait.
//! - Python: `download_sites.py`

mod download;
#[cfg(test)]
mod tests;

use std::time::{Duration, Instant};
use std::{env, thread};

use anyhow::ensure;
use download::{download, printable};
use ureq::{Agent, Error};

type Page = Result<Vec<u8>, Error>;

fn main() -> anyhow::Result<()> {
    shared::tidy_output();
    let mut urls = Vec::new();
    for url in env::args_os().skip(1) {
        urls.push(url.to_string_lossy().into_owned());
    }
    if urls.is_empty() {
        urls = shared::sites(9);
    }
    ensure!(!urls.is_empty(), "expected URLs");

    let agent = &download::agent();
    let start = Instant::now();
    // The scope waits for its threads, so they can borrow the agent and the URLs.
    let (pages, times): (Vec<Page>, Vec<Duration>) = thread::scope(|scope| {
        let mut threads = Vec::new();
        for (site, url) in (1..).zip(&urls) {
            threads.push(scope.spawn(move || download_one(agent, site, url)));
        }
        // Every thread has been started, so now wait for one after the other.
        shared::waiting("join");
        threads.into_iter().map(|it| it.join().unwrap()).unzip()
    });
    let elapsed = start.elapsed().as_secs_f64();

    let downloaded = pages.iter().flatten().count();
    let one_by_one = times.iter().sum::<Duration>().as_secs_f64();
    println!("Downloaded {downloaded} sites in {elapsed:.2} seconds");
    println!("Their times add up to {one_by_one:.2} seconds");
    let failed = urls.len() - downloaded;
    ensure!(failed == 0, "{failed} of {} downloads failed", urls.len());
    Ok(())
}

/// The work of one thread. Returns the page and how long it took.
fn download_one(agent: &Agent, site: usize, url: &str) -> (Page, Duration) {
    shared::lane(format_args!("site-{site}"));
    let start = Instant::now();
    let name = printable(&url);
    println!("[site-{site}] Downloading {name}");
    shared::waiting("download");
    let page = download(agent, url);
    match &page {
        Ok(page) => {
            println!("[site-{site}] Downloaded {} bytes from {name}", page.len());
        }
        Err(error) => println!(
            "[site-{site}] Failed to download {name}: {}",
            printable(error)
        ),
    }
    (page, start.elapsed())
}
