use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, mpsc};
use std::thread;
use std::time::Duration;

use crate::lines::{DeadlineStream, MAX_LINE_LEN};
use crate::server::Server;
use crate::service::{send_line, serve};

const LONG: Duration = Duration::from_secs(600);
const SHORT: Duration = Duration::from_millis(50);

/// Runs a server while `client` talks to it, and returns what that returns.
fn with_server<T>(
    max_clients: usize,
    serve: impl Fn(&TcpStream) + Send + Sync,
    client: impl FnOnce(SocketAddr, &Server) -> T,
) -> T {
    let server = Server::bind("127.0.0.1:0", max_clients).unwrap();
    thread::scope(|scope| {
        scope.spawn(|| server.run(serve));
        let result = client(server.address().unwrap(), &server);
        server.stop();
        result
    })
}

/// All that the server answers a client that sends this. With `end`, the client
/// says that it sends no more.
fn answer(time: Duration, sent: &[u8], end: bool) -> String {
    let serve = |client: &TcpStream| serve(client, time, || false, || ());
    with_server(1, serve, |address, _| {
        let mut client = TcpStream::connect(address).unwrap();
        client.write_all(sent).unwrap();
        if end {
            client.shutdown(Shutdown::Write).unwrap();
        }
        io::read_to_string(client).unwrap()
    })
}

#[test]
fn all_lines_of_one_write_are_answered() {
    assert_eq!(answer(LONG, b"one\n\ntwo\n", true), "ONE\n\nTWO\n");
    assert_eq!(answer(LONG, b"", true), "");
}

#[test]
fn what_is_no_line_is_an_error() {
    let half = answer(LONG, b"one\ntw", true);
    assert_eq!(half, "ONE\nerror: unexpected end of file\n");
    let latin1 = answer(LONG, b"one\nb\xE4r\n", false);
    assert!(latin1.starts_with("ONE\nerror: invalid utf-8"), "{latin1}");

    let longest = "x".repeat(MAX_LINE_LEN);
    let answers = answer(LONG, format!("{longest}\n").as_bytes(), true);
    assert_eq!(answers, "X".repeat(MAX_LINE_LEN) + "\n");
    let too_long = answer(LONG, format!("{longest}x").as_bytes(), false);
    assert_eq!(too_long, "error: a line is longer than 1024 bytes\n");
}

#[test]
fn a_line_has_to_come_in_time() {
    assert_eq!(answer(SHORT, b"half", false), "error: timed out\n");
    assert_eq!(answer(SHORT, b"", false), "error: timed out\n");
}

/// Its requests come to an end because the server does not wait for it forever.
#[test]
fn a_client_that_never_reads_is_cut_off() {
    let serve = |client: &TcpStream| serve(client, SHORT, || false, || ());
    with_server(1, serve, |address, _| {
        let mut client = TcpStream::connect(address).unwrap();
        client.set_write_timeout(Some(LONG)).unwrap();
        let request = ["x".repeat(MAX_LINE_LEN), "\n".into()].concat();
        while client.write_all(request.as_bytes()).is_ok() {}
    });
}

/// The whole answer has one deadline: each part that it reads wins it no time.
#[test]
fn a_client_that_reads_slowly_is_cut_off() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::scope(|scope| {
        scope.spawn(move || {
            let mut client = TcpStream::connect(address).unwrap();
            let mut part = vec![0; 64 * 1024];
            while client.read(&mut part).is_ok_and(|len| len > 0) {
                thread::sleep(Duration::from_millis(5)); // it works with the part
            }
        });
        let (client, _) = listener.accept().unwrap();
        let long = "x".repeat(64 * 1024 * 1024); // a thousand times as much
        let error = send_line(DeadlineStream::new(&client, SHORT), &long);
        assert_eq!(error.unwrap_err().kind(), ErrorKind::TimedOut);
    });
}

#[test]
fn a_panic_closes_one_connection_and_frees_its_place() {
    let panicked = AtomicUsize::new(0);
    let run = thread::scope(|scope| {
        let server = scope.spawn(|| {
            let serve = |client: &TcpStream| {
                if panicked.fetch_add(1, Relaxed) == 0 {
                    resume_unwind(Box::new("one bad request"));
                }
                serve(client, LONG, || false, || ());
            };
            with_server(1, serve, |address, _| {
                let first = TcpStream::connect(address).unwrap();
                assert_eq!(io::read_to_string(first).unwrap(), "");
                let mut second = TcpStream::connect(address).unwrap();
                second.write_all(b"hello\n").unwrap();
                second.shutdown(Shutdown::Write).unwrap();
                assert_eq!(io::read_to_string(second).unwrap(), "HELLO\n");
            });
        });
        server.join()
    });
    assert!(run.is_err(), "the panic is lost");
}

/// The server ends while one client is served, and another waits for its place.
#[test]
fn a_full_server_can_be_stopped() {
    let (begun, requests) = mpsc::channel();
    let serve = |client: &TcpStream| {
        serve(client, LONG, || false, || begun.send(()).unwrap());
    };
    let [served, waiting] = with_server(1, serve, |address, server| {
        let clients = [(); 2].map(|()| {
            let mut client = TcpStream::connect(address).unwrap();
            client.write_all(b"hello\n").unwrap();
            client
        });
        requests.recv().unwrap();
        server.stop();
        clients
    })
    .map(|mut client| {
        let mut answer = String::new();
        // Its request was never read, so the end may be an error.
        client.read_to_string(&mut answer).ok();
        answer
    });
    assert_eq!([&*served, &*waiting], ["HELLO\n", ""]);
}

/// Otherwise, a client that sends many requests at once would keep it alive.
#[test]
fn requests_that_wait_at_a_stop_are_not_answered() {
    let server = Server::bind("127.0.0.1:0", 1).unwrap();
    let (begun, requests) = mpsc::channel();
    let (go_on, stopped) = mpsc::channel::<()>();
    let stopped = Mutex::new(stopped);
    thread::scope(|scope| {
        scope.spawn(|| {
            let work = || {
                begun.send(()).unwrap();
                stopped.lock().unwrap().recv().unwrap();
            };
            let is_stopped = || server.is_stopped();
            server.run(|client| serve(client, LONG, is_stopped, work));
        });
        let mut client = TcpStream::connect(server.address().unwrap()).unwrap();
        client.write_all(b"one\ntwo\nthree\n").unwrap();
        requests.recv().unwrap();
        server.stop();
        go_on.send(()).unwrap();
        let mut answer = String::new();
        client.read_to_string(&mut answer).ok(); // what was not read is an error
        assert_eq!(answer, "ONE\n");
    });
}
