//! The clients: three that talk, and one that ends in the middle of a message.

use std::io::{self, ErrorKind, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};

use crate::NAMES;
use crate::message;

/// How long a client waits for a server that has just been started.
const MAX_WAIT: Duration = Duration::from_secs(2);

/// Says its name, and then hello to all when all are there.
pub fn talk(path: &Path, name: &str) -> Result<()> {
    shared::lane(name);
    let server = connect(path)?;
    message::send(&server, name).map_err(gone)?;
    shared::waiting("a message");
    for received in 0..=NAMES.len() {
        let Ok(Some(message)) = message::receive(&server) else {
            bail!("the server is gone");
        };
        println!("[{name}] receives \"{message}\"");
        if received == 0 {
            message::send(&server, &format!("{name}: hello")).map_err(gone)?;
        }
    }
    Ok(())
}

/// Says that 100 bytes will come, and sends four.
pub fn send_half(path: &Path) -> Result<()> {
    connect(path)?.write_all(b"\x64\0\0\0half").map_err(gone)
}

/// A server that is about to start has no file yet, or does not listen yet.
fn connect(path: &Path) -> Result<UnixStream> {
    let start = Instant::now();
    loop {
        match UnixStream::connect(path) {
            Ok(server) => return Ok(server),
            Err(error)
                if ![ErrorKind::NotFound, ErrorKind::ConnectionRefused]
                    .contains(&error.kind()) =>
            {
                return Err(error).context("cannot connect");
            }
            Err(error) if start.elapsed() > MAX_WAIT => return Err(gone(error)),
            Err(_) => thread::sleep(Duration::from_millis(5)),
        }
    }
}

/// How exactly it went does not matter to a client.
fn gone(_: io::Error) -> anyhow::Error {
    anyhow!("the server is gone")
}
