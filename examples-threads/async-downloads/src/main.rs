//! Many waits as tasks on one thread, and what a task must not do.
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
mod waits;

use std::env;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use download::{download, printable};
use reqwest::Client;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    shared::tidy_output();
    let mut urls = Vec::new();
    for url in env::args_os().skip(1) {
        urls.push(url.to_string_lossy().into_owned());
    }
    if !urls.is_empty() {
        return download_all(urls).await;
    }

    let table = compare::measure().await?;
    urls = shared::sites(9);
    download_all(urls).await?;
    waits::a_thousand().await;
    cancel::after_a_time_limit().await;
    compute::beside_a_timer().await;
    lock::two_deposits().await;
    table.print();
    Ok(())
}

/// Starts a task for each URL, all on this thread, and waits for them.
async fn download_all(urls: Vec<String>) -> Result<()> {
    let count = urls.len();
    ensure!(count > 0, "expected URLs");
    let client = download::client(&urls)?;
    let start = Instant::now();
    let mut tasks = Vec::new();
    for (site, url) in (1..).zip(urls) {
        tasks.push(tokio::spawn(download_one(client.clone(), site, url)));
    }
    // The tasks run while this one waits for the first of them.
    shared::waiting("downloads");
    let mut downloaded = 0;
    let mut total = Duration::ZERO;
    for task in tasks {
        let (page, time) = task.await?;
        downloaded += usize::from(page.is_ok());
        total += time;
    }
    let elapsed = start.elapsed().as_secs_f64();
    println!("Downloaded {downloaded} sites in {elapsed:.2} seconds");
    let one_by_one = total.as_secs_f64();
    println!("Their times add up to {one_by_one:.2} seconds");
    let failed = count - downloaded;
    ensure!(failed == 0, "{failed} of {count} downloads failed");
    Ok(())
}

/// The work of one task. Returns the page and how long it took.
async fn download_one(
    client: Client,
    site: usize,
    url: String,
) -> (Result<Vec<u8>>, Duration) {
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
