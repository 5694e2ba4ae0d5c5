//! The pattern: data that many threads read and few change. Each method locks once,
//! and passes a plain reference on to whatever else needs the data.

use std::sync::RwLock;

/// A price list that many threads can use at once.
pub struct PriceList {
    prices: RwLock<Vec<u64>>,
}

impl PriceList {
    /// A list with these prices. Its items are numbered from 0.
    pub fn new(prices: Vec<u64>) -> Self {
        Self {
            prices: RwLock::new(prices),
        }
    }

    /// Returns the price of an item.
    pub fn price(&self, item: usize) -> u64 {
        price_in(&self.prices.read().unwrap(), item)
    }

    /// Adds up all prices as they are at one moment. While `pause` runs, others can
    /// read, but no thread can write.
    pub fn total(&self, pause: &dyn Fn()) -> u64 {
        shared::waiting("read");
        let prices = self.prices.read().unwrap();
        let _span = shared::span("read");
        pause();
        (0..prices.len()).map(|item| price_in(&prices, item)).sum()
    }

    /// Broken: `price` locks again. If a writer waits by then, it waits for this
    /// thread, and this thread waits behind it.
    pub fn total_with_second_read(&self, pause: &dyn Fn()) -> u64 {
        let prices = self.prices.read().unwrap();
        let _span = shared::span("read");
        pause();
        shared::waiting("second read");
        (0..prices.len()).map(|item| self.price(item)).sum()
    }

    /// Raises all prices. While `pause` runs, no other thread can read or write.
    pub fn raise(&self, amount: u64, pause: &dyn Fn()) {
        shared::waiting("write");
        let mut prices = self.prices.write().unwrap();
        let _span = shared::span("write");
        for price in &mut *prices {
            *price += amount;
        }
        pause();
    }

    /// Returns whether a thread that wants to read now would get in at once.
    pub fn is_open_to_readers(&self) -> bool {
        self.prices.try_read().is_ok()
    }
}

/// Takes a reference and not the lock, so you can call it while you hold the lock.
fn price_in(prices: &[u64], item: usize) -> u64 {
    prices[item]
}
