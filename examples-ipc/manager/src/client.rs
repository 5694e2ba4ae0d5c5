//! What a client does: it counts in two calls, which is wrong, and in one.

use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::manager::{Client, Dict};

/// How often each client adds 1 in one call.
pub const CALLS: i64 = 100;
/// The keys of the two counts.
pub const TWO_CALLS: &str = "get, then set";
pub const ONE_CALL: &str = "add";

const WORK: Duration = Duration::from_millis(100);

/// The whole life of a client.
pub fn run(name: &str) -> Result<()> {
    let manager = Client::connect().context("a manager has to start it")?;
    add_in_two_calls(&manager.dict())?;
    add_in_one_call(&manager.dict())?;
    manager.list().push(name)?;
    Ok(())
}

/// The mistake: while this client works, other clients set the number, too.
fn add_in_two_calls(dict: &Dict) -> Result<()> {
    let _span = shared::span(TWO_CALLS);
    let count = dict.get(TWO_CALLS)?.unwrap_or(0);
    thread::sleep(WORK); // your work
    dict.set(TWO_CALLS, count + 1)?;
    Ok(())
}

fn add_in_one_call(dict: &Dict) -> Result<()> {
    let _span = shared::span(format_args!("{CALLS} x add"));
    for _ in 0..CALLS {
        dict.add(ONE_CALL, 1)?;
    }
    Ok(())
}
