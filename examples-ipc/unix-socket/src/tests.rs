use std::fs;
use std::io::{self, ErrorKind, Read, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Barrier, mpsc};
use std::thread;

use tempfile::TempDir;

use crate::hub::Hub;
use crate::message::{MAX_LEN, receive, send};
use crate::tcp;
use crate::unix::Listener;

fn folder() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    (folder, path)
}

/// Runs a hub that sends each message to all, while `clients` talk to it.
fn with_hub(clients: impl FnOnce(&Path, &Hub)) {
    let (_folder, path) = folder();
    let hub = Hub::new(Listener::bind(&path).unwrap());
    thread::scope(|scope| {
        scope.spawn(|| hub.run(|message| hub.send_to_all(message)));
        clients(&path, &hub);
        hub.stop();
    });
    drop(hub);
    assert!(!path.exists());
}

/// All of them send while they receive, and all receive the same in the same order.
#[test]
fn a_hundred_clients_talk_at_once() {
    const CLIENTS: usize = 100;
    with_hub(|path, _| {
        let all_there = &Barrier::new(CLIENTS);
        let heard: Vec<Vec<String>> = thread::scope(|scope| {
            let mut clients = Vec::new();
            for number in 0..CLIENTS {
                clients.push(scope.spawn(move || {
                    let server = UnixStream::connect(path).unwrap();
                    // Its own message comes back when the server has accepted it.
                    send(&server, &format!("here {number}")).unwrap();
                    let mine = format!("here {number}");
                    while receive(&server).unwrap().unwrap() != mine {}
                    all_there.wait();
                    send(&server, &format!("hello {number}")).unwrap();
                    let mut heard = Vec::new();
                    while heard.len() < CLIENTS {
                        let message = receive(&server).unwrap().unwrap();
                        heard.extend(
                            message.strip_prefix("hello ").map(str::to_owned),
                        );
                    }
                    heard
                }));
            }
            clients.into_iter().map(|c| c.join().unwrap()).collect()
        });
        let mut numbers: Vec<usize> = heard[0]
            .iter()
            .map(|number| number.parse().unwrap())
            .collect();
        numbers.sort_unstable();
        assert!(numbers.into_iter().eq(0..CLIENTS));
        assert!(heard.iter().all(|other| *other == heard[0]));
    });
}

/// It is cut off, and the others do not wait for it.
#[test]
fn a_client_that_never_reads_harms_no_other() {
    with_hub(|path, _| {
        let mut deaf = UnixStream::connect(path).unwrap();
        send(&deaf, "here").unwrap();
        let talking = UnixStream::connect(path).unwrap();
        let long = "x".repeat(MAX_LEN);
        for _ in 0..200 {
            send(&talking, &long).unwrap();
            while receive(&talking).unwrap().unwrap() != long {}
        }
        // What was sent to it is still there, and then the end.
        let mut received = Vec::new();
        deaf.read_to_end(&mut received).ok();
        assert!(received.len() < 200 * MAX_LEN, "it was not cut off");
    });
}

/// `accept` waits, and so do the threads that read.
#[test]
fn it_stops_while_it_waits_and_loses_nothing_that_was_sent() {
    with_hub(|path, hub| {
        let idle = UnixStream::connect(path).unwrap();
        send(&idle, "here").unwrap();
        assert_eq!(receive(&idle).unwrap().as_deref(), Some("here"));
        hub.send_to_all("the last one");
        hub.stop();
        assert_eq!(receive(&idle).unwrap().as_deref(), Some("the last one"));
        assert_eq!(receive(&idle).unwrap(), None);
    });
}

#[test]
fn one_server_for_a_path_and_a_stale_file_does_no_harm() {
    let (_folder, path) = folder();
    drop(UnixListener::bind(&path).unwrap());
    assert!(path.exists());
    assert!(UnixStream::connect(&path).is_err());

    let server = Listener::bind(&path).unwrap();
    let second = Listener::bind(&path).err().unwrap();
    assert_eq!(second.kind(), ErrorKind::AddrInUse);
    UnixStream::connect(&path).unwrap();
    drop(server);
    Listener::bind(&path).unwrap();

    fs::create_dir(&path).unwrap();
    assert!(Listener::bind(&path).is_err(), "it has removed a folder");
}

/// A message that is cut at any byte is no message.
#[test]
fn a_cut_is_an_error() {
    let mut whole = Vec::new();
    send(&mut whole, "hellö").unwrap();
    assert_eq!(receive(&whole[..]).unwrap().as_deref(), Some("hellö"));
    assert_eq!(receive(&whole[..0]).unwrap(), None);
    for len in 1..whole.len() {
        let error = receive(&whole[..len]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnexpectedEof, "after {len}");
    }
    for bad in [&[255; 8][..], &[1, 0, 1, 0, 0], &[1, 0, 0, 0, 255]] {
        let error = receive(bad).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidData);
    }
    assert!(send(Vec::new(), &"x".repeat(MAX_LEN + 1)).is_err());
}

/// Clients that end at any byte, or send nonsense, harm no other.
#[test]
fn bad_clients_harm_no_other() {
    with_hub(|path, _| {
        for cut in 1..8 {
            let mut client = UnixStream::connect(path).unwrap();
            client
                .write_all(&[4, 0, 0, 0, b'x', b'x', b'x'][..cut])
                .unwrap();
            let mut client = UnixStream::connect(path).unwrap();
            client.write_all(&[255; 7][..cut]).unwrap();
            client.shutdown(Shutdown::Write).unwrap();
        }
        let good = UnixStream::connect(path).unwrap();
        send(&good, "hello").unwrap();
        assert_eq!(receive(&good).unwrap().as_deref(), Some("hello"));
    });
}

/// Rust marks what it opens, so a child inherits only the three standard ones.
#[cfg(target_os = "linux")]
#[test]
fn a_child_inherits_neither_the_socket_nor_the_lock() {
    let (folder, path) = folder();
    let server = Listener::bind(&path).unwrap();
    let mut child = Command::new("sleep").arg("600").spawn().unwrap();
    let open = fs::read_dir(format!("/proc/{}/fd", child.id())).unwrap();
    let mut files =
        open.map(|file| fs::read_link(file.unwrap().path()).unwrap_or_default());
    let inherited = files.any(|file| file == folder.path());
    drop(server);
    // This fails while a process has a copy of the lock.
    let again = Listener::bind(&path);
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(!inherited);
    again.unwrap();
}

#[test]
fn a_full_queue_is_no_wait() {
    with_hub(|path, hub| {
        let deaf = UnixStream::connect(path).unwrap();
        send(&deaf, "here").unwrap();
        assert_eq!(receive(&deaf).unwrap().as_deref(), Some("here"));
        let (sender, sent) = mpsc::channel();
        thread::scope(|scope| {
            scope.spawn(|| {
                let long = "x".repeat(MAX_LEN);
                for _ in 0..1_000 {
                    hub.send_to_all(&long);
                }
                sender.send(()).unwrap();
            });
            sent.recv().unwrap();
        });
    });
}

/// Also when the only client has just left.
#[test]
fn it_stops_while_it_waits_in_accept_and_there_is_no_client() {
    with_hub(|_, _| ());
    with_hub(|path, _| {
        let client = UnixStream::connect(path).unwrap();
        send(&client, "here").unwrap();
        assert_eq!(receive(&client).unwrap().as_deref(), Some("here"));
    });
}

/// Over TCP, a second write could wait for a confirmation of the first.
#[test]
fn a_message_is_one_write() {
    struct Writes(Vec<Vec<u8>>);
    impl Write for Writes {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.push(bytes.into());
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut writes = Writes(Vec::new());
    send(&mut writes, "hello").unwrap();
    send(&mut writes, "").unwrap();
    assert_eq!(writes.0, [&b"\x05\0\0\0hello"[..], b"\0\0\0\0"]);
}

/// The very pattern, with `tcp.rs` instead of `unix.rs`.
#[path = "."]
mod over_tcp {
    use crate::tcp as unix;

    #[path = "hub.rs"]
    #[expect(clippy::duplicate_mod, reason = "with another listener")]
    mod hub;
    pub use hub::Hub;
}

#[test]
fn the_pattern_runs_over_tcp_and_delays_no_message() {
    let listener = tcp::Listener::bind("127.0.0.1:0").unwrap();
    let address = listener.address().unwrap();
    let client = tcp::connect(address).unwrap();
    assert!(client.nodelay().unwrap());
    assert!(listener.accept().unwrap().nodelay().unwrap());

    let hub = over_tcp::Hub::new(listener);
    thread::scope(|scope| {
        scope.spawn(|| hub.run(|message| hub.send_to_all(message)));
        let mut clients = Vec::new();
        for number in ["1", "2", "3"] {
            clients.push(tcp::connect(address).unwrap());
            send(clients.last().unwrap(), number).unwrap();
            for client in &clients {
                assert_eq!(receive(client).unwrap().as_deref(), Some(number));
            }
        }
        hub.stop(); // the clients are idle, and `accept` waits
        for client in &clients {
            assert_eq!(receive(client).unwrap(), None);
        }
    });
}
