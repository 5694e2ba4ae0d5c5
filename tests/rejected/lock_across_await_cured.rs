//! The cure: the guard is dropped before the task waits, at the end of a block. (A
//! call of `drop` is not enough for the compiler.)

use std::sync::Mutex;

static BALANCE: Mutex<i32> = Mutex::new(100);

/// Takes what `tokio::spawn` takes.
fn spawn(_task: impl Future<Output = ()> + Send + 'static) {}

async fn save(_balance: i32) {}

fn main() {
    spawn(async {
        let new_balance = {
            let mut balance = BALANCE.lock().unwrap();
            *balance += 10;
            *balance
        };
        save(new_balance).await;
    });
}
