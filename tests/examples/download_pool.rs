//! What download-pool alone promises: five downloads are under way at once.

use std::fs;
use std::io::{Read, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, OnceLock};
use std::thread;
use std::time::Duration;

use libtest_mimic::Trial;
use support::{Checked, ensure, trial};

use super::downloads::{
    self, PAGE, every_url_has_one_outcome, example, hello, pages, serve,
};

use super::Special;

pub const SPECIAL: Special = Special {
    name: "download-pool",
    needs_urls: true,
    trials,
    ..Special::NOTHING
};

pub fn trials() -> Vec<Trial> {
    let mut trials = downloads::trials("download-pool");
    trials.extend([
        trial("download-pool: five at once, never six", five_at_once),
        trial("download-pool: 500 URLs, few threads", few_threads),
        trial(
            "download-pool: 200 URLs of a site that closes kept connections",
            kept_connections,
        ),
    ]);
    trials
}

const WORKERS: usize = 5;

/// The site keeps the first four requests until the last has come. Without a fifth
/// worker none would come; with a sixth, two would be there besides the four.
fn five_at_once() -> Checked {
    const URLS: usize = 60;
    let last = Barrier::new(WORKERS);
    let (come, now) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let most = Arc::new(AtomicUsize::new(0));
    let recorded = Arc::clone(&most);
    let site = serve(move |path, client| {
        let others = now.fetch_add(1, Ordering::SeqCst);
        recorded.fetch_max(others + 1, Ordering::SeqCst);
        let number = come.fetch_add(1, Ordering::SeqCst) + 1;
        if number < WORKERS || number == URLS {
            last.wait();
        }
        thread::sleep(Duration::from_millis(1)); // a quick site, but not too quick
        // Before the answer: the client may come back with the next request.
        now.fetch_sub(1, Ordering::SeqCst);
        hello(path, client)
    });
    let urls = pages(site, URLS);
    let run = example("download-pool").args(&urls).run()?;
    ensure(run.status.success(), || run.output.clone())?;
    every_url_has_one_outcome(&run, &urls)?;
    let most = most.load(Ordering::SeqCst);
    ensure(most == WORKERS, || format!("{most} at once"))
}

/// Each of 500 requests looks how many threads the program has at that moment.
fn few_threads() -> Checked {
    let (pid, most) = (Arc::new(OnceLock::new()), Arc::new(AtomicUsize::new(0)));
    let (its_pid, recorded) = (Arc::clone(&pid), Arc::clone(&most));
    let site = serve(move |path, client| {
        let tasks = format!("/proc/{}/task", its_pid.wait());
        let threads = fs::read_dir(tasks).map_or(0, Iterator::count);
        recorded.fetch_max(threads, Ordering::SeqCst);
        hello(path, client)
    });
    let urls = pages(site, 500);
    let run = example("download-pool").args(&urls).start();
    pid.set(run.pid()).expect("it is set once");
    let run = run.finish()?;
    ensure(run.status.success(), || run.output.clone())?;
    every_url_has_one_outcome(&run, &urls)?;
    let most = most.load(Ordering::SeqCst);
    // ureq looks up each name on another thread, which is gone when it has it.
    let expected = if cfg!(target_os = "linux") {
        6..=11
    } else {
        0..=0
    };
    ensure(expected.contains(&most), || format!("{most} threads"))
}

/// A site keeps each connection after an answer, but only in appearance: a second
/// request on it gets no answer. (That is how a site looks that closes an idle
/// connection at the wrong moment.) Half of the connections it closes at once.
fn kept_connections() -> Checked {
    let number = AtomicUsize::new(0);
    let site = serve(move |_path, mut client| {
        let length = PAGE.len();
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n");
        client.write_all(format!("{head}{PAGE}").as_bytes())?;
        if number.fetch_add(1, Ordering::Relaxed).is_multiple_of(2) {
            client.read_exact(&mut [0])?; // until it leaves, or sends a request
        }
        Ok(())
    });
    let urls = pages(site, 200);
    downloads::all_succeed("download-pool", &urls)
}
