//! Where computing goes: inside a task it stops all the others, and a timer with
//! them. `spawn_blocking` gives it a thread of its own.

use std::hint;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use tokio::task::{spawn_blocking, yield_now};
use tokio::time::sleep;

static TICKS: AtomicU32 = AtomicU32::new(0);

/// A task that never takes long between two `.await`, as all of them should.
async fn tick() {
    loop {
        sleep(Duration::from_millis(1)).await;
        TICKS.fetch_add(1, Ordering::Relaxed);
    }
}

/// Computes as long as `goes_on` says, which gets the number of ticks so far.
/// Returns how many there were.
fn compute(goes_on: impl Fn(u32) -> bool) -> u32 {
    let _span = shared::span("compute");
    let before = TICKS.load(Ordering::Relaxed);
    loop {
        hint::spin_loop(); // your work
        let ticks = TICKS.load(Ordering::Relaxed) - before;
        if !goes_on(ticks) {
            return ticks;
        }
    }
}

pub async fn beside_a_timer() {
    let timer = tokio::spawn(tick());
    yield_now().await; // the timer starts

    // Broken: for 20 ms, no other task of this thread gets its turn.
    let start = Instant::now();
    let ticks = compute(|_| start.elapsed() < Duration::from_millis(20));
    println!("[timer] {ticks} ticks while a task computes for 20 ms");

    // Until it has seen five ticks. In a task, that would take forever.
    let computing = spawn_blocking(|| {
        shared::lane("blocking");
        compute(|ticks| ticks < 5);
    });
    shared::waiting("thread");
    computing.await.expect("it does not panic");
    println!("[timer] 5 ticks while a thread computes");
    timer.abort();
}
