//! A lock across `.await`: which one, and what goes wrong with the other.

use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::task::yield_now;
use tokio::time::timeout;
use tokio::{join, runtime, sync};

/// Stands for your I/O: another task gets its turn meanwhile.
async fn save(_balance: u64) {
    yield_now().await;
}

/// Broken: the next task that locks blocks the thread, which then never comes back
/// to the task that holds the lock.
#[allow(clippy::await_holding_lock, reason = "that is the bug")]
async fn deposit_and_hold(account: &Mutex<u64>) {
    let mut balance = account.lock().unwrap();
    *balance += 10;
    save(*balance).await;
}

/// The lock is free again before the `.await`.
async fn deposit(account: &Mutex<u64>) {
    let new_balance = {
        let mut balance = account.lock().unwrap();
        *balance += 10;
        *balance
    };
    save(new_balance).await;
}

/// Saved under the lock, so that no older balance is saved after a newer one.
async fn deposit_in_order(account: &sync::Mutex<u64>) {
    let mut balance = account.lock().await; // waits, and other tasks go on
    *balance += 10;
    save(*balance).await;
}

pub async fn two_deposits() {
    shared::waiting("deposits");
    let (sender, ended) = oneshot::channel();
    // It hangs, so it has a thread of its own, which ends with the program.
    thread::spawn(move || {
        shared::lane("std Mutex");
        shared::waiting("lock");
        let runtime = runtime::Builder::new_current_thread().build().unwrap();
        let account = Mutex::new(100);
        runtime.block_on(async {
            join!(deposit_and_hold(&account), deposit_and_hold(&account))
        });
        sender.send(()).expect("main waits");
    });
    match timeout(Duration::from_millis(50), ended).await {
        Err(_) => println!("Thread lock held across await: hangs"),
        Ok(_) => println!("Thread lock held across await: ends"),
    }

    let account = Mutex::new(100);
    join!(deposit(&account), deposit(&account));
    let balance = account.into_inner().unwrap();
    println!("Thread lock freed before await: {balance}");

    let saved_account = sync::Mutex::new(100);
    join!(
        deposit_in_order(&saved_account),
        deposit_in_order(&saved_account)
    );
    let saved = saved_account.into_inner();
    println!("Async lock held across await: {saved}");
}
