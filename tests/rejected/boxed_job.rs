//! A queue of boxed closures, and a thread that runs them.
//!
//! error[E0277]: `(dyn FnOnce() + 'static)` cannot be sent between threads safely
//!
//! The box could hold a closure that owns an `Rc`.

use std::sync::mpsc::{self, Sender};
use std::thread;

type Job = Box<dyn FnOnce()>;

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
