//! The pattern: threads wait until a condition holds for what they share. It is
//! checked and waited for under the same lock.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex};

/// A queue that holds a limited number of items.
pub struct BoundedBuffer<T> {
    items: Mutex<VecDeque<T>>,
    capacity: usize,
    not_empty: Condvar,
    not_full: Condvar,
}

impl<T> BoundedBuffer<T> {
    /// Makes an empty one, with room for `capacity` items (at least 1).
    pub fn new(capacity: usize) -> Self {
        Self {
            items: Mutex::new(VecDeque::new()),
            capacity,
            not_empty: Condvar::new(),
            not_full: Condvar::new(),
        }
    }

    /// Waits until there is room, and puts the item behind all others.
    pub fn put(&self, item: T) {
        shared::waiting("room");
        let mut items = self
            .not_full
            .wait_while(self.items.lock().unwrap(), |items| {
                items.len() >= self.capacity
            })
            .unwrap();
        let _span = shared::span("put");
        items.push_back(item);
        self.not_empty.notify_one();
    }

    /// Waits until there is an item, and takes the oldest.
    pub fn take(&self) -> T {
        shared::waiting("an item");
        let mut items = self.items.lock().unwrap();
        while items.is_empty() {
            // Frees the lock and starts to wait in one step, then locks again.
            items = self.not_empty.wait(items).unwrap();
        }
        let _span = shared::span("take");
        let item = items.pop_front().expect("it is not empty");
        self.not_full.notify_one();
        item
    }

    /// Broken: looks under one lock and waits under another. A notification that
    /// comes in between (in `pause`) finds no thread waiting, and is gone.
    pub fn take_with_two_locks(&self, pause: impl Fn()) -> T {
        shared::waiting("an item");
        while self.items.lock().unwrap().is_empty() {
            pause();
            let items = self.items.lock().unwrap();
            drop(self.not_empty.wait(items).unwrap());
        }
        self.take()
    }
}
