//! The child: a share of its share for each of its threads.

use std::thread::{self, ScopedJoinHandle};
use std::time::Duration;

use anyhow::{Result, bail};

use crate::THREADS;
use crate::processes::{self, shares};

/// What an order takes: reading the price list, and asking a database. These waits
/// stand for your work.
const LOADING_TIME: Duration = Duration::from_millis(100);
const QUERY_TIME: Duration = Duration::from_millis(200);

/// Works off the orders from `first` to the one before `end`.
pub fn serve(first: &str, end: &str) -> Result<()> {
    processes::end_with_parent();
    let orders = first.parse()?..end.parse()?;
    let prices = &load_prices(); // once: the threads of this process share it
    thread::scope(|scope| {
        let mut threads = Vec::new();
        for (number, share) in (1..).zip(shares(orders, THREADS)) {
            let work = move || share.into_iter().try_for_each(|n| book(n, prices));
            let named = thread::Builder::new().name(format!("thread-{number}"));
            threads.push(named.spawn_scoped(scope, work)?);
        }
        shared::waiting("threads");
        // Each is joined, whatever the others return: for a panic that nobody has
        // collected, the scope itself would panic.
        let join = |thread: ScopedJoinHandle<'_, _>| {
            thread.join().unwrap_or_else(|_| bail!("a thread panicked"))
        };
        let ended: Vec<Result<()>> = threads.into_iter().map(join).collect();
        ended.into_iter().collect()
    })
}

fn load_prices() -> Vec<usize> {
    let _span = shared::span("load prices");
    thread::sleep(LOADING_TIME);
    vec![5, 8, 12, 20]
}

/// Looks up an order, and sends its amount to the parent.
fn book(order: usize, prices: &[usize]) -> Result<()> {
    let _span = shared::span(format_args!("order {order}"));
    thread::sleep(QUERY_TIME);
    processes::send(order, amount(order, prices))
}

/// Each order is for one article, and for as many as its number.
pub fn amount(order: usize, prices: &[usize]) -> usize {
    order * prices[order % prices.len()]
}
