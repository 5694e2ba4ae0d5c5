use std::io::{self, BufRead, BufReader, ErrorKind, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use ureq::{Agent, Error};

use crate::download::{MAX_BODY_LEN, agent, download, printable};

/// Starts a site that sends these answers, one on each connection.
fn site(answers: Vec<Vec<u8>>) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    thread::spawn(move || {
        for answer in answers {
            let (client, _) = listener.accept().unwrap();
            // The client may leave when it knows enough.
            let _ = send(&client, &answer);
        }
    });
    url
}

fn send(mut client: &TcpStream, answer: &[u8]) -> io::Result<()> {
    for line in BufReader::new(client).lines() {
        if line?.is_empty() {
            break; // the end of the request
        }
    }
    client.write_all(answer)
}

/// A page of this length.
fn page(length: u64) -> Vec<u8> {
    let body = "x".repeat(usize::try_from(length).unwrap());
    format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{body}")
        .into_bytes()
}

fn status(status: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n").into_bytes()
}

/// (What else can go wrong is tried on the whole program, by the package `tests`.)
#[test]
fn the_longest_page_is_allowed_and_a_byte_more_is_not() {
    let url = site(vec![page(MAX_BODY_LEN - 1), page(MAX_BODY_LEN)]);
    let longest = download(&agent(), &url).unwrap();
    assert_eq!(u64::try_from(longest.len()).unwrap(), MAX_BODY_LEN - 1);
    let too_long = download(&agent(), &url);
    assert!(matches!(
        too_long,
        Err(Error::BodyExceedsLimit(MAX_BODY_LEN))
    ));
}

/// The caller can tell the failures apart without reading their texts.
#[test]
fn each_failure_is_a_kind_of_its_own() {
    let agent = Agent::config_builder()
        .timeout_global(Some(Duration::from_millis(100)))
        .build()
        .into();
    let silent = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("http://{}/", silent.local_addr().unwrap());
    assert!(matches!(download(&agent, &url), Err(Error::Timeout(_))));
    drop(silent);
    let Err(Error::Io(refused)) = download(&agent, &url) else {
        panic!("no site is there any more");
    };
    assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
    let missing = download(&agent, &site(vec![status("404 Not Found")]));
    assert!(matches!(missing, Err(Error::StatusCode(404))));
}

/// A page that may have been cut is an error. An answer without content has nothing
/// that could be cut.
#[test]
fn a_page_needs_a_stated_end() {
    let in_chunks = |body: &str| {
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        format!("{head}{body}").into_bytes()
    };
    let url = site(vec![
        b"HTTP/1.1 200 OK\r\n\r\nhello".into(),
        b"HTTP/1.0 200 OK\r\n\r\n".into(),
        b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello".into(),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nhello".into(),
        in_chunks("5\r\nhello\r\n"),
        in_chunks("5\r\nhello\r\n0\r\n\r\n"),
        b"HTTP/1.1 204 No Content\r\n\r\n".into(),
        status("200 OK"),
    ]);
    for _ in 0..4 {
        let unknown = download(&agent(), &url).unwrap_err().to_string();
        assert!(unknown.ends_with("does not state a length"), "{unknown}");
    }
    let cut = download(&agent(), &url).unwrap_err();
    assert!(
        matches!(cut, Error::Io(error) if error.kind() == ErrorKind::UnexpectedEof)
    );
    for expected in ["hello", "", ""] {
        assert_eq!(download(&agent(), &url).unwrap(), expected.as_bytes());
    }
}

#[test]
fn what_is_printed_has_no_secrets_and_controls_no_terminal() {
    for (text, expected) in [
        ("https://example.com/a?b=c#d", "https://example.com/a?b=c#d"),
        ("https://example.com/@name", "https://example.com/@name"),
        ("http://[::1]:80/", "http://[::1]:80/"),
        ("http://me:secret@example.com/", "http://***@example.com/"),
        ("http://secret@example.com", "http://***@example.com"),
        ("http://me:se@cr@et@example.com", "http://***@example.com"),
        ("http://me:se/cr?et@example.com", "http://***@example.com"),
        ("me:secret@example.com", "***@example.com"),
        (
            "bad uri: me:secret@example.com is bad",
            "***@example.com is bad",
        ),
        (
            "http://a/\n[site-1] b\u{1b}[31m",
            "http://a/\\n[site-1] b\\u{1b}[31m",
        ),
        ("http://a/\u{9b}\u{202e}ü\"", "http://a/\\u{9b}\\u{202e}ü\""),
        ("a@b://", "***@b://"),
        ("me:secret@a/?b=http://c", "***@a/?b=http://c"),
        ("@", "***@"),
        ("", ""),
    ] {
        assert_eq!(printable(&text), expected);
    }
}

/// The answer to the exercise.
fn download_again(agent: &Agent, url: &str) -> Result<Vec<u8>, Error> {
    for pause in [200, 800] {
        match download(agent, url) {
            Err(
                Error::Timeout(_) | Error::Io(_) | Error::StatusCode(429 | 503),
            ) => {
                thread::sleep(Duration::from_millis(pause));
            }
            result => return result,
        }
    }
    download(agent, url)
}

#[test]
fn a_download_is_tried_again_when_that_may_help() {
    let busy = status("503 Service Unavailable");
    let twice_busy = site(vec![busy.clone(), busy.clone(), page(5)]);
    assert_eq!(download_again(&agent(), &twice_busy).unwrap(), b"xxxxx");
    let always_busy = site(vec![busy.clone(), busy.clone(), busy, page(5)]);
    let result = download_again(&agent(), &always_busy);
    assert!(matches!(result, Err(Error::StatusCode(503))));
    let missing = site(vec![status("404 Not Found"), page(5)]);
    let result = download_again(&agent(), &missing);
    assert!(matches!(result, Err(Error::StatusCode(404))));
}
