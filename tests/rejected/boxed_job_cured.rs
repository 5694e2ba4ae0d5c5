//! The cure: say that every job may go to another thread.

use std::sync::mpsc::{self, Sender};
use std::thread;

type Job = Box<dyn FnOnce() + Send>;

fn main() {
    let (sender, jobs): (Sender<Job>, _) = mpsc::channel();
    let worker = thread::spawn(move || {
        for job in jobs {
            job();
        }
    });
    sender.send(Box::new(|| println!("works"))).unwrap();
    drop(sender);
    worker.join().unwrap();
}
