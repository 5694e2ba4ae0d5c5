//! What a time limit cancels: a future, but not a task, and never a thread.

use std::future;
use std::sync::mpsc;
use std::time::Duration;

use tokio::task::spawn_blocking;
use tokio::time::timeout;

const LIMIT: Duration = Duration::from_millis(20);

/// Prints when it is dropped, as the guard of a lock or a file would free it.
struct Guard(&'static str);

impl Drop for Guard {
    fn drop(&mut self) {
        println!("[{}] is cancelled, so its guard is dropped", self.0);
    }
}

/// Waits for a site that never answers.
async fn never_ends(name: &'static str) {
    let _guard = Guard(name);
    future::pending::<()>().await;
}

pub async fn after_a_time_limit() {
    shared::waiting("time limits");
    // At the limit, `timeout` drops its future, and with it the guard.
    timeout(LIMIT, never_ends("future"))
        .await
        .expect_err("it never ends");
    println!("[main] no longer waits for the future");

    // A spawned task does not depend on its handle. It ends when you abort it.
    let mut task = tokio::spawn(never_ends("task"));
    timeout(LIMIT, &mut task).await.expect_err("it never ends");
    println!("[main] no longer waits for the task, and aborts it");
    task.abort();
    task.await.expect_err("it was aborted");

    // A thread cannot be aborted. You have to ask it to end, here by a channel.
    let (ask, asked) = mpsc::channel();
    let mut thread = spawn_blocking(move || {
        shared::lane("blocking");
        let _span = shared::span("blocking");
        shared::waiting("end");
        asked.recv().expect("main asks");
        println!("[thread] ends when it is asked to");
    });
    timeout(LIMIT, &mut thread)
        .await
        .expect_err("it waits for main");
    println!("[main] no longer waits for the thread, and asks it");
    ask.send(()).expect("it waits for main");
    thread.await.expect("it does not panic");
}
