//! A task locks, and waits for something else while it holds the lock.
//!
//! error: future cannot be sent between threads safely
//!
//! The task may go on in another thread, and a lock has to be freed by the thread
//! that took it.

use std::sync::Mutex;

static BALANCE: Mutex<i32> = Mutex::new(100);

/// Takes what `tokio::spawn` takes.
fn spawn(_task: impl Future<Output = ()> + Send + 'static) {}

async fn save(_balance: i32) {}

fn main() {
    spawn(async {
        let mut balance = BALANCE.lock().unwrap();
        *balance += 10;
        save(*balance).await;
    });
}
