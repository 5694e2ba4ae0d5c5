//! The cure: a lock around the receiver, in a statement of its own. (Or a channel
//! of the crate `crossbeam-channel`, whose receiver can be cloned.)

use std::sync::{Mutex, mpsc};
use std::thread;

fn main() {
    let (sender, receiver) = mpsc::channel();
    sender.send(1).unwrap();
    drop(sender);
    let receiver = Mutex::new(receiver);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let item = receiver.lock().unwrap().recv();
                println!("{item:?}");
            });
        }
    });
}
