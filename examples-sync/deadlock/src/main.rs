//! Two locks in opposite order: a deadlock, forced and detected. Then in one order.
//!
//! Run it:    `cargo run -p deadlock`
//! Look for:  each of the two waits for what the other holds.
//! Python:    `deadlock.py`

mod bank;
mod stuck;
#[cfg(test)]
mod tests;

use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;
use std::sync::Barrier;
use std::time::Duration;
use std::{env, thread};

use anyhow::{Context, Result};

use bank::{Bank, Refused};
use stuck::Waiter;

/// Two friends send each other money, at the same time: who, from which account, to
/// which.
const FRIENDS: [(&str, usize, usize); 2] = [("alice", 0, 1), ("bob", 1, 0)];
const TRANSFERS: usize = 3; // each
const AMOUNT: u64 = 10;
const WORK: Duration = Duration::from_millis(50); // for each transfer

/// The first argument of this program when it is the child that gets stuck.
const ROLE: &str = "any-order";

fn main() -> ExitCode {
    shared::tidy_output();
    let result = match env::args_os().nth(1) {
        None => let_it_hang().and_then(|()| in_order()),
        Some(role) if role == ROLE => in_any_order(),
        Some(other) => {
            eprintln!("expected no argument, not \"{}\"", other.display());
            return ExitCode::from(2);
        }
    };
    let Err(error) = result else {
        return ExitCode::SUCCESS;
    };
    let _ = writeln!(io::stderr(), "{error:#}");
    ExitCode::FAILURE
}

/// The parent: a thread that is stuck cannot be ended, but a process can.
fn let_it_hang() -> Result<()> {
    let waiters = stuck::watch(ROLE, say)?;
    let waits = |waiter: &Waiter| {
        let holder = waiters.iter().find(|other| other.holds == waiter.wants);
        holder.map(|holder| format!("{} waits for {}", waiter.name, holder.name))
    };
    let waits: Vec<String> = waiters.iter().filter_map(waits).collect();
    say(&format!("Deadlock: {}", waits.join(", ")))
}

/// The child: both friends take their own account first.
fn in_any_order() -> Result<()> {
    stuck::end_with_parent();
    let bank = Bank::new(&[100, 100]);
    let both_hold_one = Barrier::new(FRIENDS.len());
    all_friends(|name, from, to| {
        let waiter = Waiter::new(name, from, to);
        bank.transfer_in_any_order(from, to, AMOUNT, || {
            let _ = say(&waiter.to_string());
            both_hold_one.wait(); // nobody goes on before that
        })
    })
}

/// The same transfers, and more of them, with the locks in one order.
fn in_order() -> Result<()> {
    let bank = Bank::new(&[100, 100]);
    all_friends(|name, from, to| {
        for _ in 0..TRANSFERS {
            bank.transfer(from, to, AMOUNT, || thread::sleep(WORK))?;
            let _ = say(&format!("[{name}] moved {AMOUNT} to account {to}"));
        }
        Ok(())
    })?;
    let (done, left) = (FRIENDS.len() * TRANSFERS, bank.balances());
    say(&format!(
        "Lower number first: {done} transfers done, balances {left:?}"
    ))
}

/// Lets all friends transfer at the same time, and waits for them.
fn all_friends(
    transfer: impl Fn(&str, usize, usize) -> Result<(), Refused> + Sync,
) -> Result<()> {
    thread::scope(|scope| {
        let start = |(name, from, to): (&'static str, _, _)| {
            let transfer = &transfer;
            let thread = thread::Builder::new().name(name.into());
            let thread =
                thread.spawn_scoped(scope, move || transfer(name, from, to));
            thread.context("cannot start a thread")
        };
        let friends = FRIENDS.map(start);
        friends
            .into_iter()
            .try_for_each(|f| Ok(f?.join().unwrap()?))
    })
}

/// Prints a line. Goes on when nobody reads it (`| head -1`).
fn say(line: &str) -> Result<()> {
    match writeln!(io::stdout(), "{line}") {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(error).context("cannot print")
        }
        _ => Ok(()),
    }
}
