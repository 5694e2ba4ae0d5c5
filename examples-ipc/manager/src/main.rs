//! One process owns a dict and a list; eight others change them by calls.
//!
//! - Run it: `cargo run -p manager`, and behind `--` another number of clients
//! - Look for: an increment in two calls can be lost, in one call it cannot.
//! - Python: `manager.py`

mod channel;
mod client;
mod manager;
#[cfg(all(test, unix))]
mod tests;

use std::fmt::Display;
use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;
use std::sync::{Mutex, mpsc};
use std::{env, thread};

use anyhow::{Context, Error, Result, ensure};

use client::{CALLS, ONE_CALL, TWO_CALLS};
use manager::{Data, Manager, Request};

const CLIENTS: u32 = 8;

fn main() -> ExitCode {
    shared::tidy_output();
    let args = env::args_os()
        .skip(1)
        .map(|arg| arg.to_string_lossy().into_owned());
    let args: Vec<String> = args.collect();
    let number = args.first().and_then(|number| number.parse().ok());
    let result = match (&args[..], number) {
        ([], _) => supervise(CLIENTS),
        ([_], Some(clients @ 1..=100)) => supervise(clients),
        ([name], _) if name.starts_with("client-") => {
            client::count(name).context(name.clone())
        }
        ([other], _) => {
            return wrong(&format!(
                "expected a number of clients from 1 to 100, not \"{other}\""
            ));
        }
        ([_, other, ..], _) => {
            return wrong(&format!("unexpected argument \"{other}\""));
        }
    };
    let Err(error) = result else {
        return ExitCode::SUCCESS;
    };
    // One write: others may fail at the same moment.
    let _ = io::stderr().write_all(format!("{error:#}\n").as_bytes());
    ExitCode::FAILURE
}

fn wrong(arguments: &str) -> ExitCode {
    let _ = writeln!(io::stderr(), "{arguments}");
    ExitCode::from(2)
}

/// The owner of the data: starts the clients, and serves each on a thread.
fn supervise(clients: u32) -> Result<()> {
    let manager = &Manager::default();
    // Forces the loss: no `set` is executed before all have had their `get`. Each
    // drops its sender there, and waits until no other is left.
    let (coming, all_came) = mpsc::channel::<()>();
    let all_came = &Mutex::new(all_came);

    let failed = thread::scope(|scope| {
        let start = |number| {
            let name = format!("client-{number}");
            let started = channel::start(&name);
            let (mut child, channel) = started.context("cannot start a client")?;
            let mut coming = Some(coming.clone());
            let before = move |request: &Request| {
                if matches!(request, Request::Set(..)) && coming.take().is_some() {
                    let _ = all_came.lock().unwrap().recv();
                }
            };
            Ok(scope.spawn(move || {
                let served = manager.serve(channel, before);
                let status = child.wait().context("cannot wait for a client")?;
                served.with_context(|| format!("{name} was refused"))?;
                ensure!(status.success(), "{name} ended with {status}");
                Ok(())
            }))
        };
        // Collected: all start before one is waited for.
        let clients = (1..=clients).map(start).collect::<Result<Vec<_>>>()?;
        drop(coming);
        shared::waiting("clients");
        let ended = clients.into_iter().map(|client| client.join().unwrap());
        let failed = ended.filter_map(|ended| Some(format!("{:#}", ended.err()?)));
        Ok::<_, Error>(failed.collect::<Vec<_>>().join("\n"))
    })?;

    report(clients, &manager.data())?;
    ensure!(failed.is_empty(), failed);
    Ok(())
}

/// Prints what the clients have made of the data.
fn report(clients: u32, data: &Data) -> Result<()> {
    let value = |key| data.dict.get(key).copied().unwrap_or(0);
    say(format_args!(
        "{TWO_CALLS}: {} of {clients}",
        value(TWO_CALLS)
    ))?;
    say(format_args!(
        "{ONE_CALL}: {} of {}",
        value(ONE_CALL),
        clients * CALLS
    ))?;
    let mut names: Vec<&str> = data.list.iter().map(|item| &*item.client).collect();
    names.sort_unstable();
    say(format_args!("Finished: {}", names.join(", ")))?;
    let slowest = data
        .list
        .iter()
        .map(|item| item.time)
        .max()
        .unwrap_or_default();
    let call = slowest.as_secs_f64() * 1e6 / f64::from(CALLS);
    say(format_args!("A call took its client {call:.1} µs"))?;
    let every = call / f64::from(clients);
    say(format_args!(
        "The manager completed one every {every:.1} µs"
    ))
}

/// Prints a line. Goes on when nobody reads it (`| head -1`).
fn say(line: impl Display) -> Result<()> {
    match writeln!(io::stdout(), "{line}") {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(error).context("cannot print")
        }
        _ => Ok(()),
    }
}
