//! The same as `unix.rs` for clients on other machines: an address and a port.
//! Every program that reaches the port can connect.

use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream, ToSocketAddrs};

pub type Stream = TcpStream;

pub struct Listener(TcpListener);

impl Listener {
    /// Listens at an address such as `127.0.0.1:8000`. Port 0 is any free one.
    pub fn bind(address: impl ToSocketAddrs) -> io::Result<Self> {
        TcpListener::bind(address).map(Self)
    }

    /// The address that it really listens at.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }

    /// Waits for the next client.
    pub fn accept(&self) -> io::Result<Stream> {
        without_delay(self.0.accept()?.0)
    }

    /// Ends the waiting in `accept`, which returns only for a client: it is one.
    pub fn wake(&self) {
        self.address().and_then(TcpStream::connect).ok();
    }
}

/// Connects a client.
pub fn connect(address: impl ToSocketAddrs) -> io::Result<Stream> {
    without_delay(TcpStream::connect(address)?)
}

/// Otherwise a small message could wait until the one before it is confirmed, which
/// takes 40 ms on Linux.
fn without_delay(stream: TcpStream) -> io::Result<Stream> {
    stream.set_nodelay(true)?;
    Ok(stream)
}
