//! Two threads take from the same receiver.
//!
//! error[E0277]: `Receiver<i32>` cannot be shared between threads safely
//!
//! A channel of the standard library has a single consumer.

use std::sync::mpsc;
use std::thread;

fn main() {
    let (sender, receiver) = mpsc::channel();
    sender.send(1).unwrap();
    drop(sender);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| println!("{:?}", receiver.recv()));
        }
    });
}
