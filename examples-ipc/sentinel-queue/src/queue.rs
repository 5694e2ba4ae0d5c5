//! The pattern: a queue from a parent to several consumer processes. Each consumer
//! ends when it gets a sentinel, and what a consumer loses when it dies is known.
//!
//! The parent has one thread for each consumer, which sends it one item at a time:
//! the consumer confirms an item when it is done with it.

use std::thread;

use anyhow::{Error, Result};
use crossbeam_channel::Receiver;

use crate::connection::{self, Connection, Item};

/// In the parent: starts a consumer in each of these roles, lets them share the
/// numbers, and sends each of them a sentinel. Calls `on_confirmed` with the role
/// of a consumer and each item that it is done with. Returns the numbers that are
/// lost, because their consumer died or because no consumer was left.
pub fn share(
    numbers: impl IntoIterator<Item = u32>,
    roles: &[&str],
    on_confirmed: impl Fn(&str, Item) + Sync,
) -> Result<Vec<u32>> {
    // The channel holds no items, so `send` waits until a consumer is free. When no
    // consumer is left, nothing is left inside either, and `send` fails.
    let (queue, items) = crossbeam_channel::bounded(0);
    let on_confirmed = &on_confirmed;
    let mut lost = Vec::new();

    thread::scope(|scope| {
        let mut threads = Vec::new();
        for role in roles {
            let items = items.clone();
            threads.push(scope.spawn(move || run(role, &items, on_confirmed)));
        }
        drop(items); // from now on, only the threads can take items

        for number in numbers {
            if queue.send(Some(number)).is_err() {
                lost.push(number);
            }
        }
        for _ in roles {
            queue.send(None).ok(); // a consumer that died takes no sentinel
        }
        for thread in threads {
            lost.extend(thread.join().unwrap()?);
        }
        Ok(lost)
    })
}

/// Starts a consumer, serves it, and waits for its end. Returns what it lost.
fn run(
    role: &str,
    items: &Receiver<Item>,
    on_confirmed: impl Fn(&str, Item),
) -> Result<Item> {
    let (mut child, consumer) = connection::spawn_self(role)?;
    let served = serve(consumer, items, |item| on_confirmed(role, item));
    let status = child.wait()?;
    let Err((lost, error)) = served else {
        return Ok(None);
    };
    eprintln!("[{role}] Ended with {status}: {error}");
    Ok(lost)
}

/// Hands items to one consumer until it has its sentinel, or the queue is closed
/// without one. Fails with the item that the consumer does not confirm.
pub(crate) fn serve(
    mut consumer: Connection,
    items: &Receiver<Item>,
    on_confirmed: impl Fn(Item),
) -> Result<(), (Item, Error)> {
    for item in items {
        consumer.send(item).map_err(|error| (item, error))?;
        on_confirmed(item);
        if item.is_none() {
            break; // the other sentinels are for the other consumers
        }
    }
    Ok(())
} // the connection is closed here, so a consumer without a sentinel ends, too
