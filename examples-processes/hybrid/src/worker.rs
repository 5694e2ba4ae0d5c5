//! A worker process: it divides its orders among its threads.

use std::time::Duration;
use std::{env, thread};

use anyhow::{Context, Result};

use crate::processes::{self, Booked, share};
use crate::{ORDERS, PROCESSES, THREADS};

const LOADING_TIME: Duration = Duration::from_millis(100);
const QUERY_TIME: Duration = Duration::from_millis(200);

/// The whole life of a worker.
pub fn serve() -> Result<()> {
    let arg = env::args().nth(2).context("the number is missing")?;
    let orders = share(1..ORDERS + 1, PROCESSES, arg.parse()?);
    processes::end_with_parent();

    let prices = load_prices(); // once: the threads of this process share it
    thread::scope(|scope| {
        for thread in 1..=THREADS {
            let orders = share(orders.clone(), THREADS, thread);
            let prices = &prices;
            scope.spawn(move || {
                shared::lane(format_args!("thread-{thread}"));
                for order in orders {
                    book(thread, order, prices);
                }
            });
        }
        shared::waiting("threads");
    });
    Ok(())
}

fn load_prices() -> Vec<usize> {
    let _span = shared::span("load prices");
    thread::sleep(LOADING_TIME); // your work
    vec![5, 8, 12, 20]
}

/// Looks up an order, and sends its amount to the parent.
fn book(thread: usize, order: usize, prices: &[usize]) {
    let _span = shared::span(format_args!("order {order}"));
    thread::sleep(QUERY_TIME); // your work
    let booked = Booked {
        thread,
        order,
        amount: amount(order, prices),
    };
    // One write for the whole line, so lines of several threads never mix.
    println!(
        "{}",
        serde_json::to_string(&booked).expect("it is plain data")
    );
}

/// Each order is for one article, and for as many pieces as its number.
pub fn amount(order: usize, prices: &[usize]) -> usize {
    order * prices[order % prices.len()]
}
