//! A local web site for the download examples: slow enough to be worth waiting for
//! together, and there on a machine without a network.

use std::fmt::Write as _;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

/// How long the site takes to answer each request.
pub const LATENCY: Duration = Duration::from_millis(100);

/// How long a client may be silent.
const PATIENCE: Duration = Duration::from_secs(10);

/// No client of this site sends a longer request.
const LONGEST_REQUEST: u64 = 16 * 1024; // bytes

/// Starts a web site on a free port of this machine and returns the addresses of
/// `count` pages, each of another length. The site answers every request after
/// [`LATENCY`], many at a time, for as long as the program runs.
///
/// # Panics
///
/// If the system has no free port or cannot start a thread.
#[must_use]
pub fn sites(count: usize) -> Vec<String> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    let address = listener
        .local_addr()
        .expect("the address of a bound socket");
    thread::Builder::new()
        .name("web-site".into())
        .spawn(move || serve(&listener, count))
        .expect("the system can start a thread");
    (1..=count)
        .map(|page| format!("http://{address}/page-{page}"))
        .collect()
}

fn serve(listener: &TcpListener, count: usize) {
    for client in listener.incoming() {
        let Ok(client) = client else {
            // No file handle is free, say: the next try may find one.
            thread::sleep(LATENCY);
            continue;
        };
        // A client that gives up is its own business: the site goes on.
        let answer = move || drop(answer(&client, count));
        let _ = thread::Builder::new().name("web-site".into()).spawn(answer);
    }
}

fn answer(mut client: &TcpStream, count: usize) -> io::Result<()> {
    client.set_read_timeout(Some(PATIENCE))?;
    let mut request = BufReader::new(client.take(LONGEST_REQUEST)).lines();
    let first = request.next().transpose()?.unwrap_or_default();
    // Read the head to its end: closing a socket with unread data resets it.
    while request
        .next()
        .transpose()?
        .is_some_and(|line| !line.is_empty())
    {}

    thread::sleep(LATENCY);
    let (status, body) =
        match page(&first).filter(|page| (1..=count).contains(page)) {
            Some(page) => ("200 OK", text(page)),
            None => ("404 Not Found", "no such page\n".into()),
        };
    let length = body.len();
    let mut response = format!("HTTP/1.1 {status}\r\nContent-Type: text/plain\r\n");
    let _ = write!(
        response,
        "Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    );
    client.write_all(response.as_bytes())
}

/// The number in `GET /page-N HTTP/1.1`.
fn page(request: &str) -> Option<usize> {
    let path = request.strip_prefix("GET /page-")?;
    path.split_once(' ')?.0.parse().ok()
}

fn text(page: usize) -> String {
    format!("This is page {page}.\n").repeat(100 * page)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(url: &str, request: &str) -> String {
        let address = url
            .strip_prefix("http://")
            .unwrap()
            .split_once('/')
            .unwrap()
            .0;
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    #[test]
    fn every_address_leads_to_a_page_of_the_announced_length() {
        for url in &sites(3) {
            let path = &url[url.rfind('/').unwrap()..];
            let answer =
                ask(url, &format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n"));
            let (head, body) = answer.split_once("\r\n\r\n").unwrap();
            assert!(head.starts_with("HTTP/1.1 200 OK"), "{head}");
            assert!(
                head.contains(&format!("Content-Length: {}", body.len())),
                "{head}"
            );
            assert!(body.starts_with("This is page"), "{body}");
        }
    }

    #[test]
    fn what_is_not_a_page_is_not_found_and_the_site_goes_on() {
        let urls = sites(1);
        for request in [
            "GET /page-2 HTTP/1.1\r\n\r\n",
            "GET / HTTP/1.1\r\n\r\n",
            "\n\n",
        ] {
            assert!(
                ask(&urls[0], request).starts_with("HTTP/1.1 404"),
                "{request}"
            );
        }
        assert!(ask(&urls[0], "GET /page-1 HTTP/1.1\r\n\r\n").contains("200 OK"));
    }
}
