//! What a call of manager costs: each client prints how many seconds its calls
//! took, for `manager.py`.

#![cfg_attr(not(unix), allow(dead_code, reason = "a manager needs Unix"))]

#[allow(dead_code, reason = "the calls of the example need all of it")]
#[path = "../../examples-ipc/manager/src/channel.rs"]
mod channel;
#[path = "../../examples-ipc/manager/src/manager.rs"]
mod manager;

use std::time::Instant;
use std::{env, thread};

use anyhow::{Context, Result, ensure};
use manager::{Client, Manager};

fn main() -> Result<()> {
    let args: Vec<String> = env::args().skip(1).collect();
    let [clients, calls] = &args[..] else {
        let calls = args.first().context("expected clients and calls")?;
        return client(calls.parse()?);
    };
    let manager = Manager::default();
    thread::scope(|scope| {
        for _ in 0..clients.parse::<usize>()? {
            let (mut child, channel) = channel::spawn_self(calls)?;
            let manager = &manager;
            scope.spawn(move || {
                manager.serve(channel, |_| ()).expect("requests");
                child.wait().expect("it ends");
            });
        }
        Ok::<_, anyhow::Error>(())
    })?;
    let all = clients.parse::<i64>()? * calls.parse::<i64>()?;
    ensure!(manager.data().number("add") == all, "calls are missing");
    Ok(())
}

fn client(calls: usize) -> Result<()> {
    let manager = Client::connect()?;
    let start = Instant::now();
    for _ in 0..calls {
        manager.dict().add("add", 1)?;
    }
    println!("{}", start.elapsed().as_secs_f64());
    Ok(())
}
