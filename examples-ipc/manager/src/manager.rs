//! The pattern: one process owns a dict and a list, and others change them by
//! calls.

use std::collections::BTreeMap;
use std::io::{self, BufReader, ErrorKind, Write};
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::channel::{self, Channel, frame, receive};

/// What a client can ask for. Each is executed as a whole.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Request {
    /// What the dict has under this key.
    Get(String),
    /// Puts a number under a key.
    Set(String, i64),
    /// Adds to the number under a key: a compound change, and one call.
    Add(String, i64),
    /// Appends to the list.
    Push(Finish),
    /// The whole list.
    Items,
}

/// What comes back, or why there is nothing.
type Answer<T> = Result<T, String>;

/// An item of the list: a client has made its calls, in this time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finish {
    /// Which client.
    pub client: String,
    /// For all its calls.
    pub time: Duration,
}

/// What the clients change.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Data {
    /// The dict.
    pub dict: BTreeMap<String, i64>,
    /// The list.
    pub list: Vec<Finish>,
}

/// In the process that owns the data.
#[derive(Default)]
pub struct Manager {
    data: Mutex<Data>,
}

impl Manager {
    /// Does what one client asks for, until it is gone. Calls `before` with each
    /// request, before it is executed. Fails if the client sends what is no
    /// request: the client is told so, and cut off.
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
                    let _ = client.get_mut().write_all(&refusal(&error)?);
                    return Err(error);
                }
                Err(_) => return Ok(()), // it has ended, perhaps amid a request
            };
            before(&request);
            let answer = self.execute(request).or_else(|error| refusal(&error))?;
            if client.get_mut().write_all(&answer).is_err() {
                return Ok(()); // it has ended: what it asked for is done
            }
        }
    }

    /// The data, for the owner itself. As long as it looks, all others wait.
    pub fn data(&self) -> MutexGuard<'_, Data> {
        self.data.lock().unwrap()
    }

    /// Executes a request, with all others locked out. Returns the answer's frame.
    /// Each checks first and changes then: what is refused has changed nothing.
    fn execute(&self, request: Request) -> io::Result<Vec<u8>> {
        let mut data = self.data();
        match request {
            Request::Get(key) => answer(&data.dict.get(&key)),
            Request::Set(key, value) => answer(&data.dict.insert(key, value)),
            Request::Add(key, amount) => {
                let old = data.dict.get(&key).copied().unwrap_or(0);
                let sum = old.checked_add(amount);
                let sum = sum.ok_or_else(|| io::Error::other("it does not fit"))?;
                data.dict.insert(key, sum);
                answer(&sum)
            }
            Request::Push(item) => {
                data.list.push(item);
                answer(&())
            }
            Request::Items => answer(&data.list),
        }
    }
}

fn answer(value: &impl Serialize) -> io::Result<Vec<u8>> {
    frame(&Answer::Ok(value))
}

fn refusal(error: &io::Error) -> io::Result<Vec<u8>> {
    frame(&Answer::<()>::Err(error.to_string()))
}

/// In a client: the way to the manager. Its threads may share it, call by call.
pub struct Client(Mutex<BufReader<Channel>>);

impl Client {
    /// The client that this process was started as.
    pub fn of_this_process() -> io::Result<Self> {
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

    /// One call: a request there, an answer back.
    fn call<T: DeserializeOwned>(&self, request: &Request) -> io::Result<T> {
        let frame = frame(request)?;
        let mut manager = self.0.lock().unwrap();
        let sent = manager.get_mut().write_all(&frame);
        let answer = receive(&mut *manager);
        let answer: Answer<T> = sent.and(answer).map_err(|error| {
            let text = match error.kind() {
                ErrorKind::InvalidData => format!("no answer: {error}"),
                _ => "the manager is gone".to_owned(),
            };
            io::Error::new(error.kind(), text)
        })?;
        answer.map_err(|refused| io::Error::other(format!("refused: {refused}")))
    }
}

/// Stands for the manager's dict.
pub struct Dict<'a>(&'a Client);

impl Dict<'_> {
    /// The number under a key.
    pub fn get(&self, key: &str) -> io::Result<Option<i64>> {
        self.0.call(&Request::Get(key.into()))
    }

    /// Puts a number under a key. Returns the one that was there.
    pub fn set(&self, key: &str, value: i64) -> io::Result<Option<i64>> {
        self.0.call(&Request::Set(key.into(), value))
    }

    /// Adds to the number under a key, or to 0. Returns the sum. If that does not
    /// fit, it is refused.
    pub fn add(&self, key: &str, amount: i64) -> io::Result<i64> {
        self.0.call(&Request::Add(key.into(), amount))
    }
}

/// Stands for the manager's list.
pub struct List<'a>(&'a Client);

impl List<'_> {
    /// Appends an item.
    pub fn push(&self, item: Finish) -> io::Result<()> {
        self.0.call(&Request::Push(item))
    }

    /// A copy of the whole list.
    #[allow(dead_code, reason = "these clients need only `push`")]
    pub fn items(&self) -> io::Result<Vec<Finish>> {
        self.0.call(&Request::Items)
    }
}
