//! A queue with room for two items, built from a `Mutex` and two `Condvar`s.
//!
//! - Run it: `cargo run -p bounded-buffer`
//! - Look for: the consumer in the last line waits for an item that is there.
//! - Python: `bounded_buffer.py`

mod buffer;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Duration;

use buffer::BoundedBuffer;

fn main() {
    shared::tidy_output();
    let buffer = BoundedBuffer::new(2);
    thread::scope(|scope| {
        scope.spawn(|| {
            shared::lane("producer");
            for item in 1..=6 {
                buffer.put(Some(item));
                println!("[producer] Produced: {item}");
            }
            buffer.put(None); // the end
        });
        while let Some(item) = buffer.take() {
            let _span = shared::span(format_args!("item {item}"));
            thread::sleep(Duration::from_millis(20)); // your work
            println!("[main] Consumed: {item}");
        }
    });
    miss_a_notification();
}

/// Broken: main notifies when the consumer has looked, but does not wait yet.
fn miss_a_notification() {
    let buffer = Arc::new(BoundedBuffer::new(2));
    let step = Arc::new(Barrier::new(2)); // the consumer and main
    let (its_buffer, its_step) = (Arc::clone(&buffer), Arc::clone(&step));

    // Not in a scope, which would wait for this thread forever.
    let consumer = thread::spawn(move || {
        shared::lane("consumer");
        its_buffer.take_with_two_locks(|| {
            println!("[consumer] No item is there, so I wait");
            its_step.wait();
            its_step.wait();
        })
    });
    step.wait();
    buffer.put(7);
    step.wait();
    thread::sleep(Duration::from_millis(100)); // far more than `take` needs
    assert!(!consumer.is_finished());
    let item = buffer.take();
    println!("[main] Item {item} is there, but the consumer still waits");
}
