//! The pattern: a server whose clients receive what it sends to all of them, while
//! they send what they like.

use std::collections::BTreeMap;
use std::io;
use std::net::Shutdown;
use std::sync::mpsc::{self, SyncSender};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use super::unix::{Listener, Stream}; // `super::tcp` for other machines
use crate::message;

/// A client that is so many messages behind is cut off.
pub const MAX_BEHIND: usize = 100;
/// Ends the waiting for a client that reads nothing, or slowly at the end.
const WRITE_TIME: Duration = Duration::from_secs(1);

/// A server and its clients.
pub struct Hub {
    listener: Listener,
    /// `None` when the server is stopped.
    clients: Mutex<Option<BTreeMap<usize, Client>>>,
}

struct Client {
    stream: Arc<Stream>,
    outbox: SyncSender<Arc<str>>,
}

impl Hub {
    /// The clients come from this listener.
    pub fn new(listener: Listener) -> Self {
        Self {
            listener,
            clients: Mutex::new(Some(BTreeMap::new())),
        }
    }

    /// Calls `on_message` for what comes from any client, until `stop` is called.
    pub fn run(&self, on_message: impl Fn(&str) + Sync) {
        let on_message = &on_message;
        thread::scope(|scope| {
            for id in 1.. {
                let stream = match self.listener.accept() {
                    Ok(stream) => Arc::new(stream),
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
        self.listener.wake();
    }

    fn remove(&self, id: usize) {
        if let Some(clients) = &mut *self.clients.lock().unwrap() {
            clients.remove(&id);
        }
    }
}

fn receive_all(stream: &Stream, on_message: impl Fn(&str)) -> io::Result<()> {
    while let Some(message) = message::receive(stream)? {
        on_message(&message);
    }
    Ok(())
}
