//! The cores of this machine, and how to stay on one of them.

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
