//! How much of the machine other programs use.

use std::fs;

/// What the cores of the machine, and what this process and its children, have done
/// until a moment. Children count when they have been waited for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Load {
    /// The time of all cores, in the system's ticks.
    all: u64,
    /// The part of it in which they worked.
    busy: u64,
    /// The part of that in which they worked for this process and its children.
    own: u64,
}

impl Load {
    /// The load until now. `None` where it cannot be measured: off Linux.
    #[must_use]
    pub fn now() -> Option<Self> {
        let machine = fs::read_to_string("/proc/stat").ok()?;
        let process = fs::read_to_string("/proc/self/stat").ok()?;
        Self::parse(&machine, &process)
    }

    /// From the texts of `/proc/stat` and `/proc/self/stat`.
    pub(crate) fn parse(machine: &str, process: &str) -> Option<Self> {
        // cpu USER NICE SYSTEM IDLE IOWAIT IRQ SOFTIRQ STEAL, and guests, which are
        // in USER already. What another machine on this host steals is used by
        // others.
        let cores = machine.lines().next()?.strip_prefix("cpu ")?;
        let ticks: Vec<u64> = cores
            .split_whitespace()
            .take(8)
            .map(|ticks| ticks.parse().ok())
            .collect::<Option<_>>()?;
        let [user, nice, system, idle, iowait, irq, softirq, steal] = ticks[..]
        else {
            return None;
        };
        let busy = user + nice + system + irq + softirq + steal;

        // PID (NAME) STATE ..., and the name may hold anything. Fields 14 to 17 are
        // the times of this process and of its children, in programs and the
        // kernel.
        let (_, fields) = process.rsplit_once(')')?;
        let own = fields
            .split_whitespace()
            .skip(11)
            .take(4)
            .map(|ticks| ticks.parse::<u64>().ok())
            .sum::<Option<u64>>()?;
        Some(Self {
            all: busy + idle + iowait,
            busy,
            own,
        })
    }

    /// The share of the cores that others used since an earlier moment, in percent.
    #[must_use]
    pub fn others_since(&self, earlier: &Self) -> f64 {
        let all = self.all.saturating_sub(earlier.all);
        let busy = self.busy.saturating_sub(earlier.busy);
        let own = self.own.saturating_sub(earlier.own);
        100.0 * busy.saturating_sub(own) as f64 / all.max(1) as f64
    }
}
