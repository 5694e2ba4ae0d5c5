//! The pattern: one process owns a dict and a list, and others change them by
//! calls.

#![allow(dead_code, reason = "your clients may use only a part of it")]

use std::collections::BTreeMap;
use std::io::{self, BufReader, ErrorKind, Write};
use std::sync::{Mutex, MutexGuard};

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::channel::{self, Channel, frame, receive};

/// What a client can ask for. Each request is executed as a whole.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Request {
    /// Asks for the number under a key.
    Get(String),
    /// Puts a number under a key.
    Set(String, i64),
    /// Adds to the number under a key: a compound change, and one call.
    Add(String, i64),
    /// Appends to the list.
    Push(String),
}

/// What comes back: a value, or why there is none.
type Answer<T> = Result<T, String>;

/// What the clients change.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Data {
    /// The dict.
    pub dict: BTreeMap<String, i64>,
    /// The list.
    pub list: Vec<String>,
}

impl Data {
    /// The number under a key, or 0 if there is none.
    pub fn number(&self, key: &str) -> i64 {
        self.dict.get(key).copied().unwrap_or(0)
    }
}

/// In the process that owns the data.
#[derive(Default)]
pub struct Manager {
    data: Mutex<Data>,
}

impl Manager {
    /// Does what one client asks for, until the client is gone. Calls `before` with
    /// each request before it is executed. If the client sends something else than
    /// a request, it is told so and cut off, and this fails.
    pub fn serve(
        &self,
        client: Channel,
        mut before: impl FnMut(&Request),
    ) -> io::Result<()> {
        let mut client = BufReader::new(client);
        loop {
            let request = match receive(&mut client) {
                Ok(request) => request,
                Err(error) if error.kind() == ErrorKind::InvalidData => {
                    client.get_mut().write_all(&refusal(&error)?).ok();
                    return Err(error);
                }
                Err(_) => return Ok(()), // it has ended, maybe in the middle of one
            };
            before(&request);
            let answer = self.execute(request).or_else(|error| refusal(&error))?;
            if client.get_mut().write_all(&answer).is_err() {
                return Ok(()); // it has ended, but what it asked for is done
            }
        }
    }

    /// The data, for the manager itself. While you have it, all clients wait.
    pub fn data(&self) -> MutexGuard<'_, Data> {
        self.data.lock().unwrap()
    }

    /// Executes a request under the lock, and returns the frame of the answer. It
    /// checks before it changes, so a request that is refused has changed nothing.
    fn execute(&self, request: Request) -> io::Result<Vec<u8>> {
        let mut data = self.data();
        match request {
            Request::Get(key) => answer(&data.dict.get(&key)),
            Request::Set(key, value) => answer(&data.dict.insert(key, value)),
            Request::Add(key, amount) => {
                let sum = data
                    .number(&key)
                    .checked_add(amount)
                    .ok_or_else(|| io::Error::other("the sum does not fit"))?;
                data.dict.insert(key, sum);
                answer(&sum)
            }
            Request::Push(item) => {
                data.list.push(item);
                answer(&())
            }
        }
    }
}

fn answer(value: &impl Serialize) -> io::Result<Vec<u8>> {
    frame(&Answer::Ok(value))
}

fn refusal(error: &io::Error) -> io::Result<Vec<u8>> {
    frame(&Answer::<()>::Err(error.to_string()))
}

/// In a client: the connection to the manager. Several threads can use it.
pub struct Client(Mutex<BufReader<Channel>>);

impl Client {
    /// The connection that `spawn_self` has made for this process.
    pub fn connect() -> io::Result<Self> {
        channel::to_manager().map(Self::new)
    }

    /// A client at the other end of a channel.
    pub fn new(manager: Channel) -> Self {
        Self(Mutex::new(BufReader::new(manager)))
    }

    /// The manager's dict.
    pub fn dict(&self) -> Dict<'_> {
        Dict(self)
    }

    /// The manager's list.
    pub fn list(&self) -> List<'_> {
        List(self)
    }

    /// A call: sends a request, and waits for its answer.
    fn call<T: DeserializeOwned>(&self, request: &Request) -> io::Result<T> {
        let frame = frame(request)?;
        let mut manager = self.0.lock().unwrap();
        let received = manager
            .get_mut()
            .write_all(&frame)
            .and_then(|()| receive(&mut *manager));
        let answer: Answer<T> = received.map_err(|error| match error.kind() {
            ErrorKind::InvalidData => {
                io::Error::other(format!("no answer: {error}"))
            }
            kind => io::Error::new(kind, "the manager is gone"),
        })?;
        answer.map_err(|reason| io::Error::other(format!("refused: {reason}")))
    }
}

/// The manager's dict, for a client: each method is a call.
pub struct Dict<'a>(&'a Client);

impl Dict<'_> {
    /// The number under a key.
    pub fn get(&self, key: &str) -> io::Result<Option<i64>> {
        self.0.call(&Request::Get(key.into()))
    }

    /// Puts a number under a key. Returns the number that was there.
    pub fn set(&self, key: &str, value: i64) -> io::Result<Option<i64>> {
        self.0.call(&Request::Set(key.into(), value))
    }

    /// Adds to the number under a key, or to 0 if there is none. Returns the sum.
    pub fn add(&self, key: &str, amount: i64) -> io::Result<i64> {
        self.0.call(&Request::Add(key.into(), amount))
    }
}

/// The manager's list, for a client.
pub struct List<'a>(&'a Client);

impl List<'_> {
    /// Appends an item.
    pub fn push(&self, item: &str) -> io::Result<()> {
        self.0.call(&Request::Push(item.into()))
    }
}
