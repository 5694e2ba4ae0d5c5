//! What a client does: it counts to one, badly, and to `CALLS`, well.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::manager::{Client, Dict, Finish};

/// How often each client adds 1 in one call.
pub const CALLS: u32 = 10_000;

/// Under this key of the dict, each client adds 1 by two calls.
pub const TWO_CALLS: &str = "get, then set";

/// Under this one, by one call.
pub const ONE_CALL: &str = "add";

/// Stands for the work that makes a new number of an old one.
const WORK: Duration = Duration::from_millis(100);

/// The whole life of the client with this name.
pub fn count(name: &str) -> Result<()> {
    let manager = Client::of_this_process();
    let manager = manager.context("a manager has to start it")?;
    let (dict, list) = (manager.dict(), manager.list());

    add_by_two_calls(&dict)?;

    let _span = shared::span(format_args!("{CALLS} x add"));
    let start = Instant::now();
    for _ in 0..CALLS {
        dict.add(ONE_CALL, 1)?;
    }
    list.push(Finish {
        client: name.to_owned(),
        time: start.elapsed(),
    })?;
    Ok(())
}

/// The wrong way: while this client works, others set the number, and `set`
/// overwrites it.
fn add_by_two_calls(dict: &Dict) -> Result<()> {
    let _span = shared::span(TWO_CALLS);
    let value = dict.get(TWO_CALLS)?.unwrap_or(0);
    thread::sleep(WORK);
    dict.set(TWO_CALLS, value + 1)?;
    Ok(())
}
