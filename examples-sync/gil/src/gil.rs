//! Python's global interpreter lock: of all threads, the one that holds it may run
//! Python code. It goes round: nobody gets it twice while somebody else waits.

use std::sync::{Condvar, Mutex, MutexGuard};

/// The lock. Whoever wants it draws a number, and the numbers are called in order.
#[derive(Default)]
pub struct Gil {
    numbers: Mutex<Numbers>,
    called: Condvar,
}

#[derive(Debug, Default)]
struct Numbers {
    /// What the next thread draws.
    next: u64,
    /// Whose turn it is.
    now: u64,
}

impl Numbers {
    fn draw(&mut self) -> u64 {
        let mine = self.next;
        self.next += 1;
        mine
    }
}

/// The right to run Python code, until it is dropped.
#[must_use = "the GIL is released when this is dropped"]
pub struct Held<'gil>(&'gil Gil);

impl Gil {
    /// Waits for the GIL.
    pub fn acquire(&self) -> Held<'_> {
        shared::waiting("GIL");
        let mut numbers = self.numbers.lock().unwrap();
        let mine = numbers.draw();
        self.wait_for(mine, numbers)
    }

    fn wait_for(
        &self,
        mine: u64,
        mut numbers: MutexGuard<'_, Numbers>,
    ) -> Held<'_> {
        while numbers.now != mine {
            numbers = self.called.wait(numbers).unwrap();
        }
        Held(self)
    }
}

impl Held<'_> {
    /// Releases the GIL, runs `blocking`, and waits for the GIL again.
    pub fn allow_threads(self, blocking: impl FnOnce()) -> Self {
        let gil = self.0;
        drop(self);
        blocking();
        gil.acquire()
    }

    /// Hands the GIL over, if others wait for it, and waits for the next turn.
    pub fn switch(self) -> Self {
        let gil = self.0;
        // Before the release: the system may stop this thread right after it, and
        // without a number it would not be waiting.
        let mine = gil.numbers.lock().unwrap().draw();
        drop(self);
        shared::waiting("GIL");
        gil.wait_for(mine, gil.numbers.lock().unwrap())
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.0.numbers.lock().unwrap().now += 1;
        self.0.called.notify_all();
    }
}
