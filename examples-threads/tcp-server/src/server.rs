//! The pattern: a thread for each client, at most so many at once, and an end that
//! lets every request in progress get its answer.

use std::io;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use crate::places::Places;

/// A server that runs until it is stopped.
pub struct Server {
    listener: TcpListener,
    places: Places<TcpStream>,
}

impl Server {
    /// Listens at an address such as `127.0.0.1:8000`. Port 0 is any free one.
    pub fn bind(address: &str, max_clients: usize) -> io::Result<Self> {
        Ok(Self {
            listener: TcpListener::bind(address)?,
            places: Places::new(max_clients),
        })
    }

    /// The address that it really listens at.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// How many clients are being served now.
    pub fn clients(&self) -> usize {
        self.places.taken()
    }

    /// Whether `stop` was called.
    pub fn is_stopped(&self) -> bool {
        self.places.is_closed()
    }

    /// Calls `serve` for each client, on a thread of its own. Returns after `stop`,
    /// when the last client is served. If `serve` panics, that client's connection
    /// is closed, and this function panics at the end.
    pub fn run(&self, serve: impl Fn(&TcpStream) + Sync) {
        thread::scope(|scope| {
            // While all places are taken, clients wait in the system's queue.
            while self.places.wait_for_one() {
                let client = match self.listener.accept() {
                    Ok((client, _)) => client,
                    Err(error) => {
                        // Too many open files, for example: that may pass.
                        eprintln!("[server] cannot accept a client: {error}");
                        thread::sleep(Duration::from_millis(50));
                        continue;
                    }
                };
                let Some(place) = self.places.enter(client) else {
                    break;
                };
                let serve = &serve;
                let thread = thread::Builder::new()
                    .spawn_scoped(scope, move || serve(&place));
                if let Err(error) = thread {
                    eprintln!("[server] cannot start a thread: {error}");
                }
            }
        });
    }

    /// Lets no more clients in, and ends the waiting for further requests.
    pub fn stop(&self) {
        for client in self.places.close() {
            // For the thread that reads, this is the end of the requests. It can
            // still write, so a request in progress gets its answer.
            client.shutdown(Shutdown::Read).ok();
        }
        // `accept` returns only for a client, so be one.
        if let Ok(address) = self.address() {
            TcpStream::connect_timeout(&address, Duration::from_secs(1)).ok();
        }
    }
}
