//! A server with a thread for each client. Bad clients are cut off, and at the end,
//! each request in progress gets its answer.
//!
//! - Run it: `cargo run -p tcp-server`, or `cargo run -p tcp-server 127.0.0.1:8000`
//!   and `nc 127.0.0.1 8000` in another terminal
//! - Look for: three clients at once, and what each of the bad ones is told.
//! - Python: `tcp_server.py`

mod clients;
mod lines;
mod places;
mod server;
mod service;
#[cfg(test)]
mod tests;

use std::sync::{Arc, mpsc};
use std::time::Duration;
use std::{env, thread};

use anyhow::{Result, anyhow};
use server::Server;
use service::serve;

/// How long an honest client may take for a line.
const LINE_TIME: Duration = Duration::from_secs(10);

fn main() -> Result<()> {
    shared::tidy_output();
    if let Some(address) = env::args().nth(1) {
        return serve_until_a_signal(&address);
    }

    let server = Server::bind("127.0.0.1:0", 3)?;
    let address = server.address()?;
    let (begun, requests) = mpsc::channel();
    let work = || {
        begun.send(server.clients()).expect("main receives");
        thread::sleep(Duration::from_millis(20)); // your work
    };
    clients::talk_to(
        &server,
        |client| serve(client, LINE_TIME, || server.is_stopped(), work),
        || {
            clients::six_at_once(address)?;
            let most = requests.try_iter().max().unwrap_or(0);
            println!("At most {most} clients at once");
            clients::endless(address)?;
            clients::see_the_end(&server, &requests)
        },
    )?;
    println!("Every client is served");

    // A server with less patience, for clients that are silent or slow.
    let server = Server::bind("127.0.0.1:0", 3)?;
    let address = server.address()?;
    let line_time = Duration::from_millis(50);
    clients::talk_to(
        &server,
        |client| serve(client, line_time, || server.is_stopped(), || ()),
        || {
            clients::silent(address)?;
            clients::slow(address)
        },
    )
}

/// Ctrl-C, `kill` or a service manager ends it.
fn serve_until_a_signal(address: &str) -> Result<()> {
    let server = Server::bind(address, 1_000)
        .map_err(|error| anyhow!("cannot listen at {address:?}: {error}"))?;
    let server = Arc::new(server);
    let stopped = Arc::clone(&server);
    ctrlc::set_handler(move || stopped.stop())?;
    println!("Listening at {}", server.address()?);
    server.run(|client| serve(client, LINE_TIME, || server.is_stopped(), || ()));
    println!("Every client is served");
    Ok(())
}
