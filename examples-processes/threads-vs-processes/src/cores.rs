//! On which cores this program runs, and what others take of them.

use std::fs;

/// Calls `act`. What it starts stays on one core, where Linux can be told so:
/// otherwise two that answer each other run on one core or on two, by chance, and
/// to wake up a core that sleeps takes several times as long as to switch.
pub fn on_one<T>(act: impl FnOnce() -> T) -> T {
    #[cfg(target_os = "linux")]
    {
        use rustix::thread::{
            CpuSet, sched_getaffinity, sched_getcpu, sched_setaffinity,
        };
        if let Ok(all) = sched_getaffinity(None) {
            let mut one = CpuSet::new();
            one.set(sched_getcpu());
            let _ = sched_setaffinity(None, &one); // or the figures are noisy
            let done = act();
            let _ = sched_setaffinity(None, &all);
            return done;
        }
    }
    act()
}

/// Whether `on_one` does anything.
pub const CAN_PIN: bool = cfg!(target_os = "linux");

/// How much work the machine has done so far, in the kernel's ticks.
pub struct Load {
    busy: f64,
    idle: f64,
    ours: f64,
}

impl Load {
    /// `None` where there is no /proc.
    pub fn so_far() -> Option<Self> {
        let all = fs::read_to_string("/proc/stat").ok()?;
        // "cpu", then user, nice, system, idle, iowait, irq, softirq, steal.
        let all = numbers(all.lines().next()?);
        let own = fs::read_to_string("/proc/self/stat").ok()?;
        // The name stands in brackets and may hold anything.
        let own = numbers(own.rsplit_once(')')?.1);
        let idle = all.get(3)? + all.get(4)?;
        let busy = all.iter().take(8).sum::<f64>() - idle;
        // Of this process and of the children it has waited for.
        Some(Self {
            busy,
            idle,
            ours: own.get(10..14)?.iter().sum(),
        })
    }

    /// The share of the machine's time that others have taken since then.
    pub fn of_others(&self) -> Option<f64> {
        let now = Self::so_far()?;
        let busy = now.busy - self.busy;
        let others = busy - (now.ours - self.ours);
        Some((others / (busy + now.idle - self.idle)).clamp(0.0, 1.0))
    }
}

fn numbers(line: &str) -> Vec<f64> {
    line.split_whitespace()
        .filter_map(|word| word.parse().ok())
        .collect()
}
