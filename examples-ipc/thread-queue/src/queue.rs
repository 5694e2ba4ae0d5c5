//! The pattern: a bounded queue between threads, that ends by itself on both sides,
//! and loses nothing.
//!
//! Consumers end when the last producer is dropped and the queue is empty.
//! Producers get their item back when the last consumer is dropped, also when that
//! is by a panic.

use std::any::Any;
use std::convert::Infallible;
use std::panic::{self, AssertUnwindSafe};
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, bounded, select};

/// After how long without room a producer says so.
pub const PATIENCE: Duration = Duration::from_millis(100);

/// Puts items into the queue. Each thread has a clone of its own.
pub struct Producer<T> {
    items: Sender<T>,
    /// Nothing is ever sent. It ends with the last consumer.
    consumers: Receiver<Infallible>,
}

/// Takes items out of the queue. Each thread has a clone of its own.
pub struct Consumer<T> {
    items: Receiver<T>,
    /// Is only held.
    alive: Sender<Infallible>,
}

/// Gets what nobody has consumed.
pub struct Rest<T>(Receiver<T>);

/// The item at which a consumer panicked, and the message of the panic.
#[derive(Debug, PartialEq, Eq)]
pub struct Panicked<T> {
    /// What it had in its hand.
    pub item: T,
    /// What it said.
    pub message: String,
}

/// A queue that holds at most `capacity` items.
pub fn queue<T>(capacity: usize) -> (Producer<T>, Consumer<T>, Rest<T>) {
    let (sender, receiver) = bounded(capacity);
    let (alive, consumers) = bounded(0);
    let rest = Rest(receiver.clone());
    (
        Producer {
            items: sender,
            consumers,
        },
        Consumer {
            items: receiver,
            alive,
        },
        rest,
    )
}

impl<T> Producer<T> {
    /// Puts an item into the queue. Waits until there is room, and calls `no_room`
    /// each time that it has waited in vain for `PATIENCE`. The error is the item:
    /// no consumer is left. (It may still be accepted then; see `Rest`.)
    pub fn put(&self, item: T, mut no_room: impl FnMut()) -> Result<(), T> {
        loop {
            select! {
                send(self.items, item) -> sent => {
                    return sent.map_err(|refused| refused.0);
                }
                recv(self.consumers) -> _ => return Err(item),
                default(PATIENCE) => no_room(),
            }
        }
    }
}

impl<T> Consumer<T> {
    /// Calls `work` with each item, until no more will come. Stops when `work`
    /// panics; to go on with the next item, call it again.
    pub fn consume(&self, mut work: impl FnMut(&T)) -> Result<(), Panicked<T>> {
        for item in &self.items {
            // Asserted: what `work` leaves half done is for the caller to mend.
            let worked = panic::catch_unwind(AssertUnwindSafe(|| work(&item)));
            if let Err(panic) = worked {
                return Err(Panicked {
                    item,
                    message: message(&*panic),
                });
            }
        }
        Ok(())
    }
}

impl<T> Rest<T> {
    /// The items that are still in the queue. Ask when all threads have ended.
    pub fn items(self) -> Vec<T> {
        self.0.try_iter().collect()
    }
}

impl<T> Clone for Producer<T> {
    fn clone(&self) -> Self {
        Self {
            items: self.items.clone(),
            consumers: self.consumers.clone(),
        }
    }
}

impl<T> Clone for Consumer<T> {
    fn clone(&self) -> Self {
        Self {
            items: self.items.clone(),
            alive: self.alive.clone(),
        }
    }
}

/// The text of a panic, on one line.
fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or(panic.downcast_ref::<String>().map(String::as_str));
    let lines = text.unwrap_or("no message").lines().map(str::trim);
    lines.collect::<Vec<_>>().join(", ")
}
