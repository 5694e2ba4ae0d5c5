//! The server: a chat for three.

use std::collections::BTreeSet;
use std::io;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::sync::Mutex;
use std::{fs, thread};

use anyhow::{Context, Result};

use crate::NAMES;
use crate::hub::Hub;
use crate::unix::Listener;

/// Serves until the lifeline closes: when the parent says so, or has ended.
pub fn run(path: &Path) -> Result<()> {
    // The terminal sends Ctrl-C to all processes. The parent ends, and then this
    // one stops in order.
    ctrlc::set_handler(|| ())?;
    // A socket file at which no process listens, as a killed server leaves it.
    // Its name changes later, or a client could meet this listener while it lives.
    let stale = path.with_extension("stale");
    drop(UnixListener::bind(&stale)?);
    fs::rename(stale, path)?;

    let listener = Listener::bind(path).context("cannot listen")?;
    println!("[server] listens, in place of one that left its file");
    if let Err(error) = Listener::bind(path) {
        println!("[server] a second server is refused: {error}");
    }
    let hub = Hub::new(listener);
    let names = Mutex::new(BTreeSet::new());
    thread::scope(|scope| {
        scope.spawn(|| {
            io::stdin().read_line(&mut String::new()).ok(); // only ends
            hub.stop();
        });
        hub.run(|message| {
            if message.contains(": ") {
                hub.send_to_all(message); // what one says, all receive
                return;
            }
            let mut names = names.lock().unwrap();
            names.insert(message.to_owned());
            if names.iter().eq(NAMES) {
                hub.send_to_all("server: all are here");
            }
        });
    });
    drop(hub);
    println!("[server] has stopped");
    // Also if the parent was killed.
    path.parent().map(fs::remove_dir);
    Ok(())
}
