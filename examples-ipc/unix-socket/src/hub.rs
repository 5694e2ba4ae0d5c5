//! The pattern: a server at a path, whose clients receive what it sends to all of
//! them, while they send what they like.

use std::collections::BTreeMap;
use std::fs::{self, File, TryLockError};
use std::io;
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, SyncSender};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use crate::message;

/// A client that is so many messages behind is cut off.
pub const MAX_BEHIND: usize = 100;
/// Ends the waiting for a client that reads nothing, or slowly at the end.
const WRITE_TIME: Duration = Duration::from_secs(1);

/// A server that listens at a path.
pub struct Hub {
    listener: UnixListener,
    path: PathBuf,
    /// `None` when the server is stopped.
    clients: Mutex<Option<BTreeMap<usize, Client>>>,
    _lock: File,
}

struct Client {
    stream: Arc<UnixStream>,
    outbox: SyncSender<Arc<str>>,
}

impl Hub {
    /// Listens at a path in a folder of its own, which only this user can enter.
    /// Fails if a server does so already; a file that one has left does no harm.
    pub fn listen(path: &Path) -> io::Result<Self> {
        // The system frees the lock when the process ends, however that happens.
        let folder = path.parent().filter(|folder| *folder != Path::new(""));
        let lock = File::open(folder.unwrap_or(Path::new(".")))?;
        lock.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => io::ErrorKind::AddrInUse.into(),
            TryLockError::Error(error) => error,
        })?;
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error)?,
            _ => {}
        }
        Ok(Self {
            listener: UnixListener::bind(path)?,
            path: path.into(),
            clients: Mutex::new(Some(BTreeMap::new())),
            _lock: lock,
        })
    }

    /// Calls `on_message` for what comes from any client, until `stop` is called.
    pub fn run(&self, on_message: impl Fn(&str) + Sync) {
        let on_message = &on_message;
        thread::scope(|scope| {
            for id in 1.. {
                let stream = match self.listener.accept() {
                    Ok((stream, _)) => Arc::new(stream),
                    Err(error) => {
                        println!("[server] cannot accept a client: {error}");
                        thread::sleep(Duration::from_millis(50));
                        continue;
                    }
                };
                let (outbox, messages) = mpsc::sync_channel(MAX_BEHIND);
                match &mut *self.clients.lock().unwrap() {
                    None => break,
                    Some(clients) => {
                        let stream = Arc::clone(&stream);
                        clients.insert(id, Client { stream, outbox });
                    }
                }
                // Two threads for each client, so that it can be sent something
                // while the server waits for its next message.
                let writer = Arc::clone(&stream);
                scope.spawn(move || {
                    writer.set_write_timeout(Some(WRITE_TIME)).ok();
                    messages
                        .iter()
                        .try_for_each(|text| message::send(&*writer, &text))
                        .ok(); // the thread that reads finds out, too
                    writer.shutdown(Shutdown::Both).ok();
                });
                scope.spawn(move || {
                    if let Err(error) = receive_all(&stream, on_message) {
                        println!("[server] lost a client: {error}");
                    }
                    self.remove(id); // the writer sends the rest, and ends
                });
            }
        });
    }

    /// Puts the message into each client's queue, and cuts off those that are full.
    pub fn send_to_all(&self, message: &str) {
        let message: Arc<str> = message.into();
        if let Some(clients) = &mut *self.clients.lock().unwrap() {
            clients.retain(|_, client| {
                let sent = client.outbox.try_send(Arc::clone(&message)).is_ok();
                if !sent {
                    client.stream.shutdown(Shutdown::Both).ok();
                }
                sent
            });
        }
    }

    /// Lets the clients receive what has been sent to them, if they are quick, and
    /// no more.
    pub fn stop(&self) {
        let clients = self.clients.lock().unwrap().take();
        let mut streams = Vec::new();
        for client in clients.into_iter().flatten() {
            client.1.stream.shutdown(Shutdown::Read).ok();
            streams.push(client.1.stream);
        }
        thread::spawn(move || {
            thread::sleep(WRITE_TIME);
            for stream in streams {
                stream.shutdown(Shutdown::Both).ok();
            }
        });
        // `accept` returns only for a client, so be one.
        UnixStream::connect(&self.path).ok();
    }

    fn remove(&self, id: usize) {
        if let Some(clients) = &mut *self.clients.lock().unwrap() {
            clients.remove(&id);
        }
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        fs::remove_file(&self.path).ok();
    }
}

fn receive_all(stream: &UnixStream, on_message: impl Fn(&str)) -> io::Result<()> {
    while let Some(message) = message::receive(stream)? {
        on_message(&message);
    }
    Ok(())
}
