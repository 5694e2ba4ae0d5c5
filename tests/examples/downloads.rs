//! What download-sites, download-pool and async-downloads promise: a download that
//! fails costs one line with its URL and the reason, whatever the site does. A page
//! is whole, or it is an error, and what comes from outside is printed escaped.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use libtest_mimic::Trial;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use support::program::binary;
use support::{Checked, Example, Finished, Program, ensure, trial, unix_trial};

// The file that both examples have.
#[path = "../../examples-threads/download-sites/src/download.rs"]
pub mod download;

pub const PAGE: &str = "hello";

/// The trials of one of the three.
pub fn trials(name: &'static str) -> Vec<Trial> {
    vec![
        trial(format!("{name}: no proxy here"), move || {
            let run = example(name).env("ALL_PROXY", "http://127.0.0.1:1").run()?;
            ensure(run.status.success(), || run.output)
        }),
        trial(format!("{name}: each kind of failure"), move || {
            failures(name)
        }),
        trial(format!("{name}: nothing raw, and no password"), move || {
            printed_escaped(name)
        }),
        trial(format!("{name}: one URL three times"), move || {
            let urls = vec![pages(serve(hello), 1).remove(0); 3];
            all_succeed(name, &urls)
        }),
        trial(format!("{name}: IPv6"), move || {
            all_succeed(name, &pages(serve_at("::1", hello), 3))
        })
        .with_ignored_flag(TcpListener::bind(("::1", 0)).is_err()),
        unix_trial(format!("{name}: no more sockets"), move || {
            few_sockets(name)
        }),
    ]
}

/// Runs the example, which gets every page.
pub fn all_succeed(name: &str, urls: &[String]) -> Checked {
    let run = example(name).args(urls).run()?;
    ensure(run.code() == Some(0), || run.output.clone())?;
    every_url_has_one_outcome(&run, urls)
}

pub fn example(name: &str) -> Program {
    Program::rust(&Example::named(name))
}

/// Starts a server that hands the path of each request and its connection to
/// `answer`, each on a thread. It stays until the tests end.
pub fn serve(
    answer: impl Fn(&str, &TcpStream) -> io::Result<()> + Send + Sync + 'static,
) -> SocketAddr {
    serve_at("127.0.0.1", answer)
}

fn serve_at(
    host: &str,
    answer: impl Fn(&str, &TcpStream) -> io::Result<()> + Send + Sync + 'static,
) -> SocketAddr {
    accept_at(host, move |client| {
        let path = request(&mut BufReader::new(client))?;
        answer(&path, client)
    })
}

/// Starts a server that hands each connection to `talk`.
fn accept(
    talk: impl Fn(&TcpStream) -> io::Result<()> + Send + Sync + 'static,
) -> SocketAddr {
    accept_at("127.0.0.1", talk)
}

fn accept_at(
    host: &str,
    talk: impl Fn(&TcpStream) -> io::Result<()> + Send + Sync + 'static,
) -> SocketAddr {
    let listener = TcpListener::bind((host, 0)).expect("a free port");
    let address = listener.local_addr().expect("it has an address");
    let talk = Arc::new(talk);
    thread::spawn(move || {
        for client in listener.incoming().map_while(Result::ok) {
            let talk = Arc::clone(&talk);
            // The client may leave at any time.
            thread::spawn(move || drop(talk(&client)));
        }
    });
    address
}

/// Reads the head of a request and returns the path.
fn request(from: &mut impl BufRead) -> io::Result<String> {
    let mut lines = from.lines();
    let first = lines.next().transpose()?.unwrap_or_default();
    while lines
        .next()
        .transpose()?
        .is_some_and(|line| !line.is_empty())
    {}
    Ok(first.split(' ').nth(1).unwrap_or_default().into())
}

pub fn hello(_path: &str, client: &TcpStream) -> io::Result<()> {
    respond(client, "200 OK", PAGE)
}

fn respond(mut to: impl Write, status: &str, body: &str) -> io::Result<()> {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n"
    );
    to.write_all(format!("{head}\r\n{body}").as_bytes())?;
    to.flush()
}

/// URLs of `count` pages of a server.
pub fn pages(address: SocketAddr, count: usize) -> Vec<String> {
    (1..=count)
        .map(|page| format!("http://{address}/page-{page}"))
        .collect()
}

/// Many more downloads than the program may have sockets.
fn few_sockets(name: &str) -> Checked {
    let site = serve(|path, client| {
        thread::sleep(Duration::from_millis(300)); // a slow site
        hello(path, client)
    });
    let urls = pages(site, 100);
    let script = "ulimit -n 12; exec \"$0\" \"$@\"";
    let run = Program::new("sh").args(["-c", script]).arg(binary(name));
    let run = run.args(&urls).run()?;
    every_url_has_one_outcome(&run, &urls)?;
    let failed = run.output.contains("Too many open files");
    ensure(failed == (run.code() == Some(1)), || run.output.clone())?;
    // Five need five sockets; one for each of a hundred is too many.
    ensure(failed == (name != "download-pool"), || run.output)
}

/// Every URL is begun, and then done or reported, on one line.
pub fn every_url_has_one_outcome(run: &Finished, urls: &[String]) -> Checked {
    for (site, url) in (1..).zip(urls) {
        let lines = |text: &str| run.output.lines().filter(|l| *l == text).count();
        let length = PAGE.len();
        let begun = lines(&format!("[site-{site}] Downloading {url}"));
        let done = lines(&format!(
            "[site-{site}] Downloaded {length} bytes from {url}"
        ));
        let failed = failure(run, site, url).len();
        ensure((begun, done + failed) == (1, 1), || {
            format!("{url}: {begun}, {done}, {failed}:\n{}", run.output)
        })?;
    }
    let failed = run.output.matches("] Failed to download ").count();
    let count = format!("Error: {failed} of {} downloads failed", urls.len());
    let counted = run.output.lines().filter(|line| *line == count).count();
    let others = run.output.lines().count() - 2 * urls.len() - counted;
    ensure((counted, others) == (usize::from(failed > 0), 2), || {
        format!("two lines for all, and how many failed:\n{}", run.output)
    })
}

/// What was reported of a download that failed.
fn failure<'a>(run: &'a Finished, site: usize, url: &str) -> Vec<&'a str> {
    let start = format!("[site-{site}] Failed to download {url}: ");
    run.output
        .lines()
        .filter_map(|line| line.strip_prefix(&start))
        .collect()
}

const TIMED_OUT: [&str; 2] = ["timeout: global", "operation timed out"];
const CUT: [&str; 2] = ["Peer disconnected", "end of file before message length"];
const NO_LENGTH: [&str; 2] = ["does not state a length"; 2];
const NO_SCHEME: [&str; 2] = ["missing scheme", "relative URL without a base"];

fn failures(name: &str) -> Checked {
    let site = serve(misbehave);
    let secure = serve_securely(&new_certificate());
    // No server listens there, and none of another test ever will: the system gives
    // such a low port only to a program that asks for it.
    let refused = "127.0.0.1:1";
    // The reason in the words of `ureq`, and in those of `reqwest`.
    let cases = [
        (format!("http://{refused}/"), ["refused"; 2]),
        (format!("http://{site}/silent"), TIMED_OUT),
        (format!("https://{}/", accept(silent)), TIMED_OUT),
        (format!("http://{site}/trickle"), TIMED_OUT),
        (
            format!("http://{site}/endless"),
            [
                "larger than request limit: 10485760",
                "longer than 10485760",
            ],
        ),
        (format!("http://{site}/loop"), ["too many redirects"; 2]),
        (
            format!("http://{site}/404"),
            ["http status: 404", "404 Not Found"],
        ),
        (
            format!("http://{site}/500"),
            ["http status: 500", "500 Internal Server Error"],
        ),
        (format!("http://{site}/cut"), CUT),
        (format!("http://{site}/cut-chunk"), CUT),
        (format!("http://{site}/no-length"), NO_LENGTH),
        (
            format!("http://{}/", accept(reset_without_length)),
            NO_LENGTH,
        ),
        (
            format!("http://{site}/nothing"),
            ["Peer disconnected", "closed before message completed"],
        ),
        (
            format!("http://{site}/garbage"),
            ["invalid HTTP version"; 2],
        ),
        (
            format!("https://{secure}/"),
            ["invalid peer certificate: UnknownIssuer"; 2],
        ),
        (
            format!("https://{}/", accept(garbage)),
            ["InvalidContentType"; 2],
        ),
        (
            "http://no-such-host.invalid/".into(),
            ["io: ", "failed to lookup address"],
        ),
        (
            "ftp://127.0.0.1/".into(),
            ["unknown scheme: ftp", "URL scheme is not allowed"],
        ),
        ("example.com".into(), NO_SCHEME),
        ("--fast".into(), NO_SCHEME),
        (
            "http://a b/".into(),
            ["invalid uri", "invalid international"],
        ),
        (String::new(), ["empty", NO_SCHEME[1]]),
    ];
    let pages = pages(serve(hello), 2);
    let mut urls: Vec<String> = cases.iter().map(|(url, _)| url.clone()).collect();
    urls.insert(0, pages[0].clone());
    urls.push(pages[1].clone());
    let run = example(name).args(&urls).env("NO_PROXY", "*").run()?;

    ensure(run.code() == Some(1), || {
        format!("{}:\n{}", run.status, run.output)
    })?;
    every_url_has_one_outcome(&run, &urls)?;
    let client = usize::from(name == "async-downloads");
    for (site, (url, reasons)) in (2..).zip(cases) {
        let reason = reasons[client];
        let said = failure(&run, site, &url);
        ensure(said.len() == 1 && said[0].contains(reason), || {
            format!("{url} does not say \"{reason}\":\n{}", run.output)
        })?;
    }
    // A URL that makes no sense comes after a silent site, and fails before it.
    let at = |reason| run.output.find(reason);
    let quick_first = at(NO_SCHEME[client]) < at(TIMED_OUT[client]);
    ensure(quick_first, || run.output.clone())?;
    let done = run.output.contains("\nDownloaded 2 sites in ");
    ensure(done, || run.output.clone())?;
    Ok(run.nothing_left()?)
}

/// What sites should not do.
fn misbehave(path: &str, mut client: &TcpStream) -> io::Result<()> {
    let head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    match path {
        "/silent" => silent(client),
        "/trickle" => {
            client.write_all(head)?;
            loop {
                client.write_all(b"1\r\n.\r\n")?;
                thread::sleep(Duration::from_millis(100)); // a very slow site
            }
        }
        "/endless" => {
            client.write_all(head)?;
            let chunk = format!("1000\r\n{}\r\n", "x".repeat(4096));
            loop {
                client.write_all(chunk.as_bytes())?;
            }
        }
        "/loop" => respond(client, "302 Found\r\nLocation: /loop", ""),
        "/404" => respond(client, "404 Not Found", "no such page"),
        "/500" => respond(client, "500 Internal Server Error", "oh"),
        "/cut" => {
            client.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello")
        }
        "/cut-chunk" => {
            client.write_all(head)?;
            client.write_all(b"9\r\nhello")
        }
        "/no-length" => client.write_all(b"HTTP/1.1 200 OK\r\n\r\nhello"),
        "/garbage" => garbage(client),
        _ => Ok(()),
    }
}

/// Does not speak HTTP, and no TLS either.
fn garbage(mut client: &TcpStream) -> io::Result<()> {
    client.write_all(b"I am a toaster\r\n\r\n")?;
    silent(client)
}

/// Sends a page without its length, and resets the connection: that is what the
/// system does when a socket is closed with a request that was not read.
fn reset_without_length(mut client: &TcpStream) -> io::Result<()> {
    client.peek(&mut [0])?;
    client.write_all(b"HTTP/1.1 200 OK\r\n\r\nhello")
}

/// URLs that say more than should be printed, and what is printed of them.
fn printed_escaped(name: &str) -> Checked {
    let cases = [
        ("http://me:secret@127.0.0.1:1/", "http://***@127.0.0.1:1/"),
        ("http://secret@127.0.0.1:1/", "http://***@127.0.0.1:1/"),
        ("http://me:se/cret@127.0.0.1:1/", "http://***@127.0.0.1:1/"),
        ("me:secret@127.0.0.1:1", "***@127.0.0.1:1"),
        ("http://me:secret@", "http://***@"),
        ("http://a/\n[site-9] Done", "http://a/\\n[site-9] Done"),
        ("http://a/\u{1b}[31m", "http://a/\\u{1b}[31m"),
        ("a/\u{9b}31m\r", "a/\\u{9b}31m\\r"),
    ];
    for (url, shown) in cases {
        let printable = download::printable(&url);
        ensure(printable == shown, || format!("{url:?}: {printable:?}"))?;
    }
    let run = example(name).args(cases.map(|(url, _)| url)).run()?;
    ensure(run.code() == Some(1), || run.output.clone())?;
    every_url_has_one_outcome(&run, &cases.map(|(_, shown)| shown.to_owned()))?;
    let raw = |c: char| c.is_control() && c != '\n';
    ensure(!run.output.contains(raw), || format!("{:?}", run.output))?;
    ensure(!run.output.contains("secret"), || run.output.clone())?;
    ensure(!run.output.contains("cret@"), || run.output)
}

/// Says nothing, until the client leaves.
fn silent(mut client: &TcpStream) -> io::Result<()> {
    io::copy(&mut client, &mut io::sink()).map(drop)
}

pub struct NewCertificate {
    pub certificate: CertificateDer<'static>,
    key: Vec<u8>,
}

/// A certificate for this machine that no program trusts. It is made for each run,
/// so it never expires.
pub fn new_certificate() -> NewCertificate {
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]);
    let made = made.expect("it can be made");
    NewCertificate {
        certificate: made.cert.der().clone(),
        key: made.signing_key.serialize_der(),
    }
}

/// Starts an HTTPS server.
pub fn serve_securely(
    NewCertificate { certificate, key }: &NewCertificate,
) -> SocketAddr {
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.clone()));
    let config = ServerConfig::builder_with_provider(Arc::new(
        rustls::crypto::ring::default_provider(),
    ));
    let config = config
        .with_safe_default_protocol_versions()
        .expect("it has some");
    let config = config
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], key);
    let config = Arc::new(config.expect("the key is that of the certificate"));
    accept(move |client| {
        let session = ServerConnection::new(Arc::clone(&config));
        let session = session.map_err(io::Error::other)?;
        let mut stream = BufReader::new(StreamOwned::new(session, client));
        let head = match &*request(&mut stream)? {
            "/no-length" => "HTTP/1.1 200 OK\r\n\r\nhello",
            "/cut" => "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello",
            _ => {
                respond(stream.get_mut(), "200 OK", PAGE)?;
                stream.get_mut().conn.send_close_notify();
                return stream.get_mut().flush();
            }
        };
        // The connection ends without a close_notify, as when it is cut.
        stream.get_mut().write_all(head.as_bytes())
    })
}
