//! The cores of this machine: how many there are, and how to stay on one of them.

use std::num::NonZero;
use std::thread;

/// How many cores this program may use.
pub fn cores() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
}

/// Calls `act`. On Linux, all threads and processes that it starts stay on the same
/// core. On two cores, a message sometimes has to wake up a core that sleeps, which
/// takes several times as long as a switch.
pub fn on_one_core<T>(act: impl FnOnce() -> T) -> T {
    #[cfg(target_os = "linux")]
    {
        use rustix::thread::{
            CpuSet, sched_getaffinity, sched_getcpu, sched_setaffinity,
        };
        let mut one = CpuSet::new();
        one.set(sched_getcpu());
        if let Ok(all) = sched_getaffinity(None)
            && let Ok(()) = sched_setaffinity(None, &one)
        {
            let done = act();
            sched_setaffinity(None, &all).expect("it was so before");
            return done;
        }
    }
    act()
}
