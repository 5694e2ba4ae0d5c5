//! Jobs that notice when another one runs at the same time.

use std::sync::{Condvar, Mutex};
use std::thread;
use std::time::Duration;

/// The jobs that run now.
#[derive(Default)]
pub struct RunningJobs {
    count: Mutex<Count>,
    job_started: Condvar,
}

#[derive(Default)]
struct Count {
    now: usize,
    most: usize,
}

impl RunningJobs {
    /// Runs a job. If no two have met so far, it waits for another one, but no
    /// longer than `patience`.
    pub fn run(&self, work_time: Duration, patience: Duration) {
        let _span = shared::span("job");
        let mut count = self.count.lock().unwrap();
        count.now += 1;
        count.most = count.most.max(count.now);
        self.job_started.notify_all();
        let waited =
            self.job_started
                .wait_timeout_while(count, patience, |count| count.most == 1);
        drop(waited.unwrap()); // which holds the guard

        thread::sleep(work_time); // your work
        self.count.lock().unwrap().now -= 1;
    }

    /// Returns how many jobs have run at once.
    pub fn most_at_once(&self) -> usize {
        self.count.lock().unwrap().most
    }
}
