//! Python's global interpreter lock: only the thread that holds it may run Python
//! code. It is fair: no thread gets it twice while another one waits.

use std::sync::{Condvar, Mutex, MutexGuard};

/// The lock. A thread that wants it draws a number, and the numbers are called in
/// order, as at a bakery's counter.
#[derive(Default)]
pub struct Gil {
    numbers: Mutex<Numbers>,
    called: Condvar,
}

#[derive(Debug, Default)]
struct Numbers {
    /// The number that the next thread draws.
    next: u64,
    /// The number whose turn it is.
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
pub struct GilGuard<'gil>(&'gil Gil);

impl Gil {
    /// Waits for the GIL.
    pub fn acquire(&self) -> GilGuard<'_> {
        shared::waiting("GIL");
        let mut numbers = self.numbers.lock().unwrap();
        let mine = numbers.draw();
        self.wait_for(mine, numbers)
    }

    fn wait_for(
        &self,
        mine: u64,
        mut numbers: MutexGuard<'_, Numbers>,
    ) -> GilGuard<'_> {
        while numbers.now != mine {
            numbers = self.called.wait(numbers).unwrap();
        }
        GilGuard(self)
    }
}

impl GilGuard<'_> {
    /// Releases the GIL, runs `blocking`, and waits for the GIL again.
    pub fn allow_threads(self, blocking: impl FnOnce()) -> Self {
        let gil = self.0;
        drop(self);
        blocking();
        gil.acquire()
    }

    /// Lets the other threads that wait have a turn, and waits for the next one.
    ///
    /// It draws its next number before it releases the GIL. The other way round,
    /// the system may stop this thread in between, and until it runs again, it has
    /// no number and is not in the queue.
    pub fn switch(self) -> Self {
        let gil = self.0;
        let mine = gil.numbers.lock().unwrap().draw();
        drop(self);
        shared::waiting("GIL");
        gil.wait_for(mine, gil.numbers.lock().unwrap())
    }
}

impl Drop for GilGuard<'_> {
    /// Calls the next number. All threads that wait have to look, because
    /// `notify_one` could wake one that has a later number, which waits again.
    fn drop(&mut self) {
        self.0.numbers.lock().unwrap().now += 1;
        self.0.called.notify_all();
    }
}
