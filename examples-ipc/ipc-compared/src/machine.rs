//! The cores of this machine: how to stay on one of them, and what other programs
//! take of them.

use std::fs;

/// Which core each of the two processes stays on.
#[derive(Clone, Copy)]
pub struct Cores {
    pub name: &'static str,
    pub ours: usize,
    pub theirs: usize,
}

/// One core for both, and one for each, if there are two.
#[cfg(target_os = "linux")]
pub fn placements() -> Vec<Cores> {
    let allowed = rustix::thread::sched_getaffinity(None);
    let is_allowed = |core: &usize| allowed.is_ok_and(|set| set.is_set(*core));
    let mut cores = (0..rustix::thread::CpuSet::MAX_CPU).filter(is_allowed);
    let ours = cores.next().unwrap_or_default();
    let mut placements = vec![Cores {
        name: "one core",
        ours,
        theirs: ours,
    }];
    if let Some(theirs) = cores.next() {
        placements.push(Cores {
            name: "two cores",
            ours,
            theirs,
        });
    }
    placements
}

/// This process stays on the core, and so do the children that it starts.
#[cfg(target_os = "linux")]
pub fn stay_on(core: usize) {
    let mut one = rustix::thread::CpuSet::new();
    one.set(core);
    // Where that is not allowed, the figures are only less clear.
    rustix::thread::sched_setaffinity(None, &one).ok();
}

/// Only Linux lets a process choose.
#[cfg(not(target_os = "linux"))]
pub fn placements() -> Vec<Cores> {
    vec![Cores {
        name: "any core",
        ours: 0,
        theirs: 1,
    }]
}

#[cfg(not(target_os = "linux"))]
pub fn stay_on(_core: usize) {}

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
