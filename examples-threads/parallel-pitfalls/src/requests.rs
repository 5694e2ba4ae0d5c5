//! Makes what happens now and then happen every time.

use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Barrier, Mutex};

use rayon::ThreadPoolBuilder;

use crate::list::List;

type Sum = fn(&List, &(dyn Fn(u64) -> u64 + Sync)) -> u64;

/// Two requests that sum the same list, in a pool of two threads: the thread of the
/// first one takes up the second one while it waits for a job. Returns where the
/// sums arrive, if they do.
pub fn two_requests(sum: Sum) -> Receiver<u64> {
    let pool = ThreadPoolBuilder::new().num_threads(2).build();
    let pool = pool.expect("the system can start two threads");
    let list = Arc::new(List(Mutex::new(vec![1, 2])));
    let both_jobs_run = Arc::new(Barrier::new(3)); // with main
    let second_begins = Arc::new(Barrier::new(2));
    let (done, sums) = mpsc::channel();

    // Job 1 runs in the thread of the request, and job 2 in the other one, until
    // the second request has begun.
    let first = {
        let (list, done) = (Arc::clone(&list), done.clone());
        let both_jobs_run = Arc::clone(&both_jobs_run);
        let second_begins = Arc::clone(&second_begins);
        move || {
            let sum = sum(&list, &|number| {
                both_jobs_run.wait();
                if number == 2 {
                    second_begins.wait();
                }
                number
            });
            done.send(sum).unwrap_or_default();
        }
    };
    pool.spawn(first);
    both_jobs_run.wait();
    // The other thread is busy, so it is the first request's thread that takes this.
    pool.spawn(move || {
        second_begins.wait();
        done.send(sum(&list, &|number| number)).unwrap_or_default();
    });
    sums
}
