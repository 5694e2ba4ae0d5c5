//! A thousand waits, at most a hundred of them at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::Barrier;
use tokio::time::sleep;

use crate::limit::at_most;

pub async fn a_thousand() {
    let _timer = shared::timer("A thousand waits");
    shared::waiting("a thousand waits");
    let (waiting, hundred) = (AtomicUsize::new(0), Barrier::new(100));
    let state = Arc::new((waiting, hundred));
    let waits = (0..1_000).map(|_| wait(Arc::clone(&state)));
    let at_once = at_most(100, waits).await;
    let most = at_once.iter().max().expect("there are a thousand");
    println!("{} waits, at most {most} at once", at_once.len());
}

/// Returns how many were waiting when this one began.
async fn wait(state: Arc<(AtomicUsize, Barrier)>) -> usize {
    let (waiting, hundred) = &*state;
    let at_once = waiting.fetch_add(1, Ordering::Relaxed) + 1;
    hundred.wait().await; // so that they really overlap
    sleep(Duration::from_millis(5)).await; // your I/O
    waiting.fetch_sub(1, Ordering::Relaxed);
    at_once
}
