//! Nine downloads as tasks on one thread, a thousand waits, and what tasks are not
//! good at.
//!
//! - Run it: `cargo run -p async-downloads`, or with URLs of your own:
//!   `cargo run -p async-downloads -- https://example.com`
//! - Look for: nine downloads at once on one thread, and 0 ticks of the timer.
//! - Python: `async_downloads.py`

mod cancel;
mod compare;
mod compute;
mod download;
mod limit;
mod lock;
#[cfg(test)]
mod tests;

use std::env;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use download::{download, printable};
use reqwest::Client;

type Page = Result<Vec<u8>>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    shared::tidy_output();
    let mut urls = Vec::new();
    for url in env::args_os().skip(1) {
        urls.push(url.to_string_lossy().into_owned());
    }
    if urls.is_empty() {
        urls = shared::sites(9);
    }
    ensure!(!urls.is_empty(), "expected URLs");
    let count = urls.len();
    let table = compare::measure().await?;

    // A task for each URL. They all share this thread.
    let client = download::client(&urls)?;
    let start = Instant::now();
    let mut tasks = Vec::new();
    for (site, url) in (1..).zip(urls) {
        tasks.push(tokio::spawn(download_one(client.clone(), site, url)));
    }
    // The tasks run while main waits for the first one.
    shared::waiting("downloads");
    let (mut downloaded, mut one_by_one) = (0, 0.0);
    for task in tasks {
        let (page, time) = task.await?;
        downloaded += usize::from(page.is_ok());
        one_by_one += time.as_secs_f64();
    }
    let elapsed = start.elapsed().as_secs_f64();
    println!("Downloaded {downloaded} sites in {elapsed:.2} seconds");
    println!("Their times add up to {one_by_one:.2} seconds");

    limit::a_thousand_waits().await;
    cancel::after_a_time_limit().await;
    compute::beside_a_timer().await;
    lock::two_deposits().await;
    table.print();

    let failed = count - downloaded;
    ensure!(failed == 0, "{failed} of {count} downloads failed");
    Ok(())
}

/// The work of one task. Returns the page and how long it took.
async fn download_one(
    client: Client,
    site: usize,
    url: String,
) -> (Page, Duration) {
    let start = Instant::now();
    let name = printable(&url);
    println!("[site-{site}] Downloading {name}");
    let page = download(&client, &url).await;
    match &page {
        Ok(page) => {
            println!("[site-{site}] Downloaded {} bytes from {name}", page.len());
        }
        Err(error) => println!(
            "[site-{site}] Failed to download {name}: {}",
            printable(&error.root_cause())
        ),
    }
    (page, start.elapsed())
}
