//! The clients of the demonstration: some are honest, and some are not.

use std::io::{BufRead, BufReader, ErrorKind, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Barrier;
use std::sync::mpsc::Receiver;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::server::Server;
use crate::service::send_line;

/// No answer takes longer, so a server that hangs is an error here.
const MAX_WAIT: Duration = Duration::from_secs(60);

struct Client {
    name: String,
    reader: BufReader<TcpStream>,
}

impl Client {
    fn connect(name: &str, address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).context("cannot connect")?;
        stream.set_read_timeout(Some(MAX_WAIT))?;
        Ok(Self {
            name: name.into(),
            reader: BufReader::new(stream),
        })
    }

    fn send(&self, request: &str) -> Result<()> {
        send_line(self.reader.get_ref(), request).context("cannot send")
    }

    /// Prints the next line from the server, or that there is none.
    fn receive(&mut self) -> Result<()> {
        let mut answer = String::new();
        self.reader
            .read_line(&mut answer)
            .context("there is no answer")?;
        if answer.is_empty() {
            answer = "the server has closed the connection\n".into();
        }
        print!("[{}] {answer}", self.name);
        Ok(())
    }

    fn ask(&mut self, request: &str) -> Result<()> {
        self.send(request)?;
        self.receive()
    }
}

/// Runs the server until its clients are done.
pub fn talk_to(
    server: &Server,
    serve: impl Fn(&TcpStream) + Sync + Send,
    clients: impl FnOnce() -> Result<()>,
) -> Result<()> {
    thread::scope(|scope| {
        scope.spawn(|| server.run(serve));
        let result = clients();
        server.stop(); // also after an error
        result
    })
}

/// Six clients want to be served at the same time.
pub fn six_at_once(address: SocketAddr) -> Result<()> {
    let three_there = &Barrier::new(3);
    thread::scope(|scope| {
        let mut clients = Vec::new();
        for number in 1..=6 {
            clients.push(scope.spawn(move || -> Result<()> {
                let name = format!("client-{number}");
                shared::lane(&name);
                shared::waiting("place");
                let mut client = Client::connect(&name, address)?;
                let first = client.ask("hello");
                let _span = shared::span("is served");
                three_there.wait(); // so that three really overlap
                first?;
                client.ask("good bye")
            }));
        }
        clients
            .into_iter()
            .try_for_each(|client| client.join().expect("it returns its errors"))
    })
}

/// The server is stopped while it works for one client, and another is idle.
pub fn see_the_end(server: &Server, requests: &Receiver<usize>) -> Result<()> {
    let _span = shared::span("end");
    let address = server.address()?;
    let mut idle = Client::connect("idle", address)?;
    idle.ask("hello")?;
    requests.recv_timeout(MAX_WAIT)?;
    let mut busy = Client::connect("busy", address)?;
    busy.send("hello")?;
    requests.recv_timeout(MAX_WAIT)?; // the work for it has begun

    println!("The server is stopped");
    server.stop();
    busy.receive()?;
    busy.receive()?;
    idle.receive()
}

/// Sends a line that does not end.
pub fn endless(address: SocketAddr) -> Result<()> {
    let _span = shared::span("endless");
    let mut client = Client::connect("endless", address)?;
    client.reader.get_ref().write_all(&[b'x'; 2_000])?;
    client.receive()
}

/// Sends nothing.
pub fn silent(address: SocketAddr) -> Result<()> {
    let _span = shared::span("silent");
    Client::connect("silent", address)?.receive()
}

/// Sends a byte now and then.
pub fn slow(address: SocketAddr) -> Result<()> {
    let _span = shared::span("slow");
    let mut client = Client::connect("slow", address)?;
    let pause = Duration::from_millis(10);
    client.reader.get_ref().set_read_timeout(Some(pause))?;
    loop {
        client.reader.get_ref().write_all(b"x")?;
        match client.reader.fill_buf() {
            Ok(_) => return client.receive(),
            Err(error)
                if [ErrorKind::WouldBlock, ErrorKind::TimedOut]
                    .contains(&error.kind()) => {} // no answer yet
            Err(error) => bail!(error),
        }
    }
}
