use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::thread;

use crate::download::{self, LONGEST_BODY};

/// A body may be as long as the limit, and not a byte longer. (What sites can do
/// wrong is tried on the whole program, in tests/downloads.rs.)
#[test]
fn the_longest_body_is_allowed_and_a_byte_more_is_not() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for length in [LONGEST_BODY, LONGEST_BODY + 1] {
            let (mut client, _) = listener.accept().unwrap();
            let head = BufReader::new(&client).lines();
            head.take_while(|line| !line.as_ref().unwrap().is_empty())
                .for_each(drop);
            let body = vec![b'x'; usize::try_from(length).unwrap()];
            write!(client, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n").unwrap();
            // The client may have enough of it.
            let _ = client.write_all(&body);
        }
    });
    let agent = download::agent();
    let url = format!("http://{address}/");
    let page = download::download(&agent, &url).unwrap();
    assert_eq!(u64::try_from(page.len()).unwrap(), LONGEST_BODY);
    let error = download::download(&agent, &url).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("longer than {LONGEST_BODY} bytes")
    );
}
