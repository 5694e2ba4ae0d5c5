//! Two requests that sum the same list, so that what happens now and then happens
//! every time: the thread of the first one runs the second one while it waits.

use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Barrier, Mutex};

use rayon::ThreadPoolBuilder;

use crate::list::List;

type Sum = fn(&List, &(dyn Fn(u64) -> u64 + Sync)) -> u64;

struct Requests {
    list: List,
    sum: Sum,
    /// Both jobs of the first request, and main.
    both_jobs_run: Barrier,
    /// Job 2 of the first request, and the second request.
    second_begins: Barrier,
}

impl Requests {
    /// Job 1 is done at once, in the thread of the request, which then waits for
    /// job 2 in the other thread.
    fn first(&self) -> u64 {
        (self.sum)(&self.list, &|number| {
            self.both_jobs_run.wait();
            if number == 2 {
                self.second_begins.wait();
            }
            number
        })
    }

    fn second(&self) -> u64 {
        self.second_begins.wait();
        (self.sum)(&self.list, &|number| number)
    }
}

/// Starts both in a pool of two threads, and returns where their sums arrive.
pub fn two_requests(sum: Sum) -> Receiver<u64> {
    let pool = ThreadPoolBuilder::new().num_threads(2).build();
    let pool = pool.expect("the system can start two threads");
    let requests = Arc::new(Requests {
        list: List(Mutex::new(vec![1, 2])),
        sum,
        both_jobs_run: Barrier::new(3),
        second_begins: Barrier::new(2),
    });
    let (sender, sums) = mpsc::channel();

    let first = Arc::clone(&requests);
    let second = Arc::clone(&requests);
    let first_sender = sender.clone();
    pool.spawn(move || first_sender.send(first.first()).expect("main waits"));
    requests.both_jobs_run.wait();
    // The other thread has job 2, so only the first request's thread can run this.
    pool.spawn(move || sender.send(second.second()).expect("main waits"));
    sums
}
