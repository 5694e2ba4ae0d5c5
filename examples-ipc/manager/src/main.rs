//! One process owns a dict and a list, and eight others change them by calls.
//!
//! - Run it: `cargo run -p manager`
//! - Look for: an increment in two calls is lost, an increment in one call is not.
//! - Python: `manager.py`

mod channel;
mod client;
mod manager;
#[cfg(all(test, unix))]
mod tests;

use std::sync::Mutex;
use std::sync::mpsc::{self, Receiver, Sender};
use std::{env, thread};

use anyhow::{Context, Result, bail, ensure};
use client::{CALLS, ONE_CALL, TWO_CALLS};
use manager::{Manager, Request};

const CLIENTS: i64 = 8;

fn main() -> Result<()> {
    shared::tidy_output();
    // The clients are this same program, started with a role as the argument.
    match env::args().nth(1).as_deref() {
        None => parent(),
        Some(role) if role.starts_with("client-") => client::run(role),
        Some(other) => bail!("there is no role \"{other}\""),
    }
}

/// The manager: serves each client on a thread of its own.
fn parent() -> Result<()> {
    let manager = Manager::default();
    // When every client has got the same number, no sender is left.
    let (not_ready, all_ready) = mpsc::channel();
    let all_ready = Mutex::new(all_ready);

    let failed = thread::scope(|scope| {
        let mut threads = Vec::new();
        for number in 1..=CLIENTS {
            let (manager, all_ready) = (&manager, &all_ready);
            let not_ready = not_ready.clone();
            threads.push(scope.spawn(move || {
                serve(&format!("client-{number}"), manager, not_ready, all_ready)
            }));
        }
        drop(not_ready);
        shared::waiting("clients");
        let mut failed = Vec::new();
        for thread in threads {
            if let Err(error) = thread.join().unwrap() {
                failed.push(format!("{error:#}"));
            }
        }
        failed
    });

    let data = manager.data();
    println!("{TWO_CALLS}: {} of {CLIENTS}", data.number(TWO_CALLS));
    println!(
        "{ONE_CALL}: {} of {}",
        data.number(ONE_CALL),
        CLIENTS * CALLS
    );
    let mut finished = data.list.clone();
    finished.sort();
    println!("Finished: {}", finished.join(", "));
    ensure!(failed.is_empty(), failed.join(", "));
    Ok(())
}

/// Starts a client and serves it to its end. Forces the loss: executes no `set`
/// before every client has got the number.
fn serve(
    name: &str,
    manager: &Manager,
    not_ready: Sender<()>,
    all_ready: &Mutex<Receiver<()>>,
) -> Result<()> {
    let (mut child, channel) = channel::spawn_self(name)
        .with_context(|| format!("cannot start {name}"))?;
    let mut not_ready = Some(not_ready);
    let served = manager.serve(channel, |request| {
        if matches!(request, Request::Set(..)) {
            drop(not_ready.take());
            all_ready.lock().unwrap().recv().ok(); // waits for the last sender
        }
    });
    let status = child.wait()?;
    served.with_context(|| format!("{name} was refused"))?;
    ensure!(status.success(), "{name} ended with {status}");
    Ok(())
}
