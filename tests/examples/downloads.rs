//! What both download-sites and download-pool promise: a download that fails costs
//! one line with its URL and the reason, whatever the site does. And the sites.

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

pub const PAGE: &str = "hello";

/// The trials of one of the two.
pub fn trials(name: &'static str) -> Vec<Trial> {
    vec![
        trial(format!("{name}: no proxy here"), move || {
            let run = example(name).env("ALL_PROXY", "http://127.0.0.1:1").run()?;
            ensure(run.status.success(), || run.output)
        }),
        trial(format!("{name}: each kind of failure"), move || {
            failures(name)
        }),
        unix_trial(format!("{name}: no more sockets"), move || {
            few_sockets(name)
        }),
    ]
}

pub fn example(name: &str) -> Program {
    Program::rust(&Example::named(name))
}

/// Starts a server that hands the path of each request and its connection to
/// `answer`, each on a thread. It stays until the tests end.
pub fn serve(
    answer: impl Fn(&str, &TcpStream) -> io::Result<()> + Send + Sync + 'static,
) -> SocketAddr {
    let answer = Arc::new(answer);
    accept(move |client| {
        let path = request(&mut BufReader::new(client))?;
        answer(&path, client)
    })
}

/// Starts a server that hands each connection to `talk`.
fn accept(
    talk: impl Fn(&TcpStream) -> io::Result<()> + Send + Sync + 'static,
) -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
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
    ensure(failed == (name == "download-sites"), || run.output)
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
        let failed = failure(run, url).len();
        ensure((begun, done + failed) == (1, 1), || {
            format!("{url}: {begun}, {done}, {failed}:\n{}", run.output)
        })?;
    }
    let others = run.output.lines().count() - 2 * urls.len();
    ensure(others == 2, || {
        format!("two lines for all:\n{}", run.output)
    })
}

/// What was reported of a download that failed.
fn failure<'a>(run: &'a Finished, url: &str) -> Vec<&'a str> {
    let start = format!("{url}: ");
    let lines = run.output.lines();
    // download-pool reports it while others are under way, and so says whose it is.
    let lines = lines.map(|line| {
        let actor = line.strip_prefix("[site-").and_then(|l| l.split_once("] "));
        actor.map_or(line, |(_, said)| said)
    });
    lines.filter_map(|line| line.strip_prefix(&start)).collect()
}

fn failures(name: &str) -> Checked {
    let site = serve(misbehave);
    let secure = serve_securely(&new_certificate());
    let refused = {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        listener.local_addr()?
    }; // nobody listens there any more
    let cases = [
        (format!("http://{refused}/"), "refused"),
        (format!("http://{site}/silent"), "not done after 10s"),
        (format!("https://{}/", accept(silent)), "not done after 10s"),
        (format!("http://{site}/trickle"), "not done after 10s"),
        (
            format!("http://{site}/endless"),
            "longer than 10485760 bytes",
        ),
        (format!("http://{site}/loop"), "too many redirects"),
        (format!("http://{site}/404"), "http status: 404"),
        (format!("http://{site}/500"), "http status: 500"),
        (format!("http://{site}/cut"), "Peer disconnected"),
        (format!("http://{site}/nothing"), "Peer disconnected"),
        (format!("http://{site}/garbage"), "invalid HTTP version"),
        (
            format!("https://{secure}/"),
            "invalid peer certificate: UnknownIssuer",
        ),
        (
            format!("https://{}/", accept(garbage)),
            "InvalidContentType",
        ),
        ("http://no-such-host.invalid/".into(), "io: "),
        ("ftp://127.0.0.1/".into(), "unknown scheme: ftp"),
        ("example.com".into(), "missing scheme"),
        ("http://a b/".into(), "invalid uri"),
        (String::new(), "empty"),
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
    for (url, reason) in cases {
        let said = failure(&run, &url);
        ensure(said.len() == 1 && said[0].contains(reason), || {
            format!("{url} does not say \"{reason}\":\n{}", run.output)
        })?;
    }
    // A URL that makes no sense comes after a silent site, and fails before it.
    let at = |reason| run.output.find(reason);
    let quick_first = at("missing scheme") < at("not done after 10s");
    ensure(quick_first == (name == "download-pool"), || {
        run.output.clone()
    })?;
    let done = run.output.contains("\nDownloaded 2 sites in ");
    ensure(done, || run.output.clone())?;
    Ok(run.nothing_left()?)
}

/// What sites should not do.
fn misbehave(path: &str, mut client: &TcpStream) -> io::Result<()> {
    let head = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";
    match path {
        "/silent" => silent(client),
        "/trickle" => {
            client.write_all(head)?;
            loop {
                client.write_all(b".")?;
                thread::sleep(Duration::from_millis(100)); // a very slow site
            }
        }
        "/endless" => {
            client.write_all(head)?;
            loop {
                client.write_all(&[b'x'; 4096])?;
            }
        }
        "/loop" => respond(client, "302 Found\r\nLocation: /loop", ""),
        "/404" => respond(client, "404 Not Found", "no such page"),
        "/500" => respond(client, "500 Internal Server Error", "oh"),
        "/cut" => {
            client.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello")
        }
        "/garbage" => garbage(client),
        _ => Ok(()),
    }
}

/// Does not speak HTTP, and no TLS either.
fn garbage(mut client: &TcpStream) -> io::Result<()> {
    client.write_all(b"I am a toaster\r\n\r\n")?;
    silent(client)
}

/// Says nothing, until the client leaves.
fn silent(mut client: &TcpStream) -> io::Result<()> {
    io::copy(&mut client, &mut io::sink()).map(drop)
}

pub struct NewCertificate {
    pub certificate: CertificateDer<'static>,
    key: Vec<u8>,
}

/// A certificate for this machine that nobody knows. Made anew each time, so that
/// it never expires.
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
        request(&mut stream)?;
        respond(stream.get_mut(), "200 OK", PAGE)?;
        stream.get_mut().conn.send_close_notify();
        stream.get_mut().flush()
    })
}
