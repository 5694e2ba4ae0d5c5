//! What tcp-server alone promises: with its bound of 1000 clients, none of so many
//! is refused and no answer is lost, and a signal ends it when all are served.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Barrier;
use std::thread::{self, Builder};
use std::time::{Duration, Instant};

use libtest_mimic::{Failed, Trial};
use regex::Regex;
use support::process_table::Signal;
use support::program::Running;
use support::{
    Checked, Example, Language, Program, common_run, ensure, many_runs, rounds,
    trial, unix_trial,
};

use crate::common_form::common_form;

use super::Special;

const CLIENTS: usize = 1_000;
const REQUESTS: usize = 10; // of each client
/// The server is built like this test: `cargo test --release` measures the other.
const BUILD: &str = if cfg!(debug_assertions) {
    "a debug build"
} else {
    "a release build"
};
/// What the chapter quotes. `UPDATE=1` writes it.
const FILE: &str = "load.txt";

pub const SPECIAL: Special = Special {
    name: "tcp-server",
    refused: &[
        (&["nowhere"], 1, "cannot listen at \"nowhere\""),
        (&["192.0.2.1:80"], 1, "cannot listen at \"192.0.2.1:80\""),
    ],
    trials,
    ..Special::NOTHING
};

pub fn trials() -> Vec<Trial> {
    vec![
        trial("tcp-server: the same in many runs", same_in_many_runs),
        unix_trial("tcp-server: a signal ends it in order", signals),
        unix_trial("tcp-server: 1000 clients", thousand_clients)
            .with_ignored_flag(cfg!(not(target_os = "linux"))), // /proc
    ]
}

/// The chapter shows only a part, so other runs are compared with a whole one.
fn same_in_many_runs() -> Checked {
    let example = Example::named("tcp-server");
    let form = |printed: &str| common_form("tcp-server", printed);
    let first = form(&common_run(&example, Language::Rust, &[])?.output);
    many_runs(
        rounds(),
        20,
        || Program::rust(&example),
        |run| ensure(form(&run.output) == first, || run.output.clone()),
    )
}

/// Starts a server that listens at a free port.
fn start() -> Result<(Running, SocketAddr), Failed> {
    let example = Example::named("tcp-server");
    let mut server = Program::rust(&example).arg("127.0.0.1:0").start();
    let line = server.next_line().unwrap_or_default();
    let address = line.strip_prefix("Listening at ").ok_or("no address")?;
    Ok((server, address.trim_end().parse()?))
}

/// What the terminal and a service manager send, while a client is idle.
fn signals() -> Checked {
    for signal in [Signal::Interrupt, Signal::Terminate, Signal::HangUp] {
        let (server, address) = start()?;
        let mut idle = BufReader::new(TcpStream::connect(address)?);
        ensure(ask(&mut idle, "hello")? == "HELLO\n", || "no answer".into())?;
        server.signal(signal);
        let end = server.finish()?;
        ensure(end.status.success(), || end.status.to_string())?;
        ensure(end.output == "Every client is served\n", || {
            end.output.clone()
        })?;
        end.nothing_left()?;
        let rest = idle.read_line(&mut String::new())?;
        ensure(rest == 0, || "it is sent something more".into())?;
    }
    Ok(())
}

fn thousand_clients() -> Checked {
    more_files()?;
    let (server, address) = start()?;
    let pid = server.pid();

    // The port is taken: a second server says so.
    let example = Example::named("tcp-server");
    let second = Program::rust(&example).arg(address.to_string()).run()?;
    ensure(second.code() == Some(1), || second.output.clone())?;

    let mut alone = client(address, 1, || ())?;
    let memory_before = memory(pid)?;
    let (times, memory_then) = crowd(address, pid)?;
    let a_client = memory_then.saturating_sub(memory_before) / CLIENTS as u64;

    server.interrupt();
    let end = server.finish()?;
    ensure(end.status.success(), || end.status.to_string())?;
    ensure(end.output == "Every client is served\n", || {
        end.output.clone()
    })?;
    end.nothing_left()?;

    alone.sort();
    let answers = times.len();
    let line = |percent: usize| times[(answers - 1) * percent / 100];
    let printed = format!(
        "{CLIENTS} clients sent {REQUESTS} requests each, all at once ({BUILD}).\n\
         Answers: {answers}\n\
         Half of them within {:.1?}, 99 of 100 within {:.1?}\n\
         One client alone: half of its answers within {:.1?}\n\
         Memory of the server: {a_client} KiB for each client\n",
        line(50),
        line(99),
        alone[alone.len() / 2],
    );
    same_form(&printed)
}

/// All clients at once, each on a thread. Returns the sorted times of all requests,
/// and the server's memory while all are connected.
fn crowd(address: SocketAddr, server: u32) -> Result<(Vec<Duration>, u64), Failed> {
    let all_there = &Barrier::new(CLIENTS + 1);
    thread::scope(|scope| {
        let mut clients = Vec::new();
        for number in 0..CLIENTS {
            let wait = || {
                all_there.wait(); // all are connected
                all_there.wait(); // the memory has been read
            };
            let thread = Builder::new().stack_size(128 * 1024);
            clients.push(thread.spawn_scoped(scope, move || {
                let times = client(address, number, wait);
                times.map_err(|error| format!("{:?}", error.message()))
            })?);
        }
        all_there.wait();
        let memory = memory(server)?;
        all_there.wait();
        let mut times = Vec::new();
        for client in clients {
            times.extend(client.join().map_err(|_| "a client panicked")??);
        }
        times.sort();
        Ok((times, memory))
    })
}

/// A client that is served once before it calls `wait`. Returns how long it has
/// waited for each answer after that.
fn client(
    address: SocketAddr,
    number: usize,
    wait: impl FnOnce(),
) -> Result<Vec<Duration>, Failed> {
    let first = TcpStream::connect(address).and_then(|stream| {
        let mut stream = BufReader::new(stream);
        ask(&mut stream, "hello").map(|answer| (stream, answer))
    });
    wait(); // also after an error, or the others would wait forever
    let (mut stream, answer) = first?;
    ensure(answer == "HELLO\n", || answer)?;

    let mut times = Vec::new();
    for request in 0..REQUESTS {
        let start = Instant::now();
        let answer = ask(&mut stream, &format!("request {request} of {number}"))?;
        times.push(start.elapsed());
        let expected = format!("REQUEST {request} OF {number}\n");
        ensure(answer == expected, || format!("{answer}, not {expected}"))?;
    }
    Ok(times)
}

fn ask(
    stream: &mut BufReader<TcpStream>,
    request: &str,
) -> std::io::Result<String> {
    let line = format!("{request}\n");
    stream.get_mut().write_all(line.as_bytes())?;
    let mut answer = String::new();
    stream.read_line(&mut answer)?;
    Ok(answer)
}

/// How much memory of a process is in use, in KiB.
fn memory(pid: u32) -> Result<u64, Failed> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let size = Regex::new(r"VmRSS:\s*(\d+) kB")?;
    let size = size.captures(&status).ok_or("no VmRSS")?;
    Ok(size[1].parse()?)
}

/// The clients' side of the connections needs as many files as the server's.
#[cfg(unix)]
fn more_files() -> Checked {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current.is_some_and(|current| current < 4_096) {
        let current = maximum.map_or(4_096, |maximum| maximum.min(4_096));
        let current = Some(current);
        setrlimit(Resource::Nofile, Rlimit { current, maximum })?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn more_files() -> Checked {
    Ok(())
}

/// The committed file has the same words, and its own figures.
fn same_form(printed: &str) -> Checked {
    let path = Example::named("tcp-server").folder.join(FILE);
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, printed)?;
    }
    let figure = Regex::new(r"[\d.]+(?:µs|ms|s| KiB)")?;
    let form = |text: &str| {
        let text = text.replace("a debug build", "a release build");
        figure.replace_all(&text, "_").into_owned()
    };
    let committed = fs::read_to_string(path)?;
    ensure(form(&committed) == form(printed), || {
        format!("{FILE} shows:\n{committed}but a run printed:\n{printed}")
    })
}
