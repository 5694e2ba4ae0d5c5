//! The pattern: a barrier that breaks when one of its threads is gone, so that the
//! others get an error instead of waiting forever.

use std::error::Error;
use std::fmt;
use std::sync::{Arc, Condvar, Mutex};

/// One thread's place at a barrier. Dropping it breaks the barrier, whether the
/// thread panics, returns early, or is done.
pub struct Participant {
    barrier: Arc<Barrier>,
}

struct Barrier {
    threads: usize,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// How many threads have arrived in this phase.
    arrived: usize,
    phase: usize,
    broken: bool,
}

/// A thread is gone, so the barrier never opens again.
#[derive(Debug, PartialEq, Eq)]
pub struct BrokenBarrierError;

/// Makes a barrier, with a place for each of the `threads`.
pub fn breakable_barrier(threads: usize) -> Vec<Participant> {
    let barrier = Arc::new(Barrier {
        threads,
        state: Mutex::default(),
        changed: Condvar::new(),
    });
    (0..threads)
        .map(|_| Participant {
            barrier: Arc::clone(&barrier),
        })
        .collect()
}

impl Participant {
    /// Waits until all threads have come. In one phase, all of them get the same
    /// answer.
    pub fn wait(&self) -> Result<(), BrokenBarrierError> {
        shared::waiting("barrier");
        let mut state = self.barrier.state.lock().unwrap();
        let phase = state.phase;
        state.arrived += 1;
        if state.arrived == self.barrier.threads && !state.broken {
            state.arrived = 0;
            state.phase += 1;
            self.barrier.changed.notify_all();
        }
        state = self
            .barrier
            .changed
            .wait_while(state, |state| state.phase == phase && !state.broken)
            .unwrap();
        // Not `state.broken`: another thread may have gone after the phase ended.
        if state.phase == phase {
            return Err(BrokenBarrierError);
        }
        Ok(())
    }
}

impl Drop for Participant {
    fn drop(&mut self) {
        self.barrier.state.lock().unwrap().broken = true;
        self.barrier.changed.notify_all();
    }
}

impl fmt::Display for BrokenBarrierError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a thread of this barrier is gone")
    }
}

impl Error for BrokenBarrierError {}
