//! What other programs take of the cores.

use std::fs;

/// What the cores have done so far, in the kernel's ticks.
pub struct Load {
    busy: f64,
    idle: f64,
    ours: f64,
}

impl Load {
    /// `None` if there is no /proc.
    pub fn so_far() -> Option<Self> {
        let stat = fs::read_to_string("/proc/stat").ok()?;
        // cpu, user, nice, system, idle, iowait, irq, softirq, steal
        let all = numbers(stat.lines().next()?);
        let idle = all.get(3)? + all.get(4)?;
        let busy = all.iter().take(8).sum::<f64>() - idle;

        let own_stat = fs::read_to_string("/proc/self/stat").ok()?;
        // The program's name comes first, in brackets, and may contain anything.
        let own = numbers(own_stat.rsplit_once(')')?.1);
        // This process, and the children that it has waited for.
        let ours = own.get(10..14)?.iter().sum();
        Some(Self { busy, idle, ours })
    }

    /// The share of the cores that other programs have taken since then.
    pub fn of_others(&self) -> Option<f64> {
        let now = Self::so_far()?;
        let busy = now.busy - self.busy;
        // The counters of the two files are a few ticks apart.
        let others = (busy - (now.ours - self.ours) - 3.0).max(0.0);
        Some(others / (busy + now.idle - self.idle).max(1.0))
    }
}

fn numbers(line: &str) -> Vec<f64> {
    line.split_whitespace()
        .filter_map(|word| word.parse().ok())
        .collect()
}
