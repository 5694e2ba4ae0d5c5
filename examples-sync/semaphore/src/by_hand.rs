//! Broken: a permit without a guard. A panic skips `release`, so it is lost.

use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use crate::finish;
use crate::semaphore::Semaphore;

/// Lets job 3 panic with the only permit, and job 4 wait for it.
pub fn lose_a_permit() {
    let semaphore = Arc::new(Semaphore::new(1));
    let for_job_3 = Arc::clone(&semaphore);
    let job_3 = thread::spawn(move || {
        shared::lane("by hand: job-3");
        for_job_3.take();
        let _span = shared::span("work");
        println!("[job-3] starts");
        thread::sleep(Duration::from_millis(30)); // your work
        finish(3); // panics
        for_job_3.release();
    });
    job_3.join().expect_err("job 3 panics");

    let (sender, receiver) = mpsc::channel();
    // Not in a scope, which would wait for job 4 forever. So it ends with main.
    thread::spawn(move || {
        shared::lane("by hand: job-4");
        semaphore.take();
        sender.send(()).expect("main waits for this");
    });
    match receiver.recv_timeout(Duration::from_millis(100)) {
        Ok(()) => println!("By hand: job-4 has the permit"),
        Err(_) => println!("By hand: the permit is lost, job-4 waits forever"),
    }
}
