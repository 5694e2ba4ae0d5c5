//! A server and its clients meet at a path. Each side sends when it likes.
//!
//! - Run it: `cargo run -p unix-socket`
//! - Look for: all clients receive the same, and a socket file that a dead server
//!   has left does no harm.
//! - Python: `unix_socket.py`

mod client;
mod hub;
mod message;
mod server;
#[cfg(test)]
mod tcp; // in place of `unix`, for clients on other machines
#[cfg(test)]
mod tests;
mod unix;

use std::path::Path;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::Mutex;
use std::{env, thread};

use anyhow::{Context, Result, bail, ensure};

const NAMES: [&str; 3] = ["alice", "bob", "carol"];

fn main() -> Result<()> {
    shared::tidy_output();
    let args: Vec<String> = env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args[..] {
        [] => parent(),
        ["server", path, "chat"] => server::run(path.as_ref()),
        ["client", path, "half"] => client::send_half(path.as_ref()),
        ["client", path, name] => client::talk(path.as_ref(), name),
        _ => bail!("expected no arguments, not \"{}\"", args.join(" ")),
    }
}

/// Starts the server and its clients, which know only the path of each other.
fn parent() -> Result<()> {
    let folder = tempfile::tempdir()?; // only this user can enter it
    let path = folder.path().join("socket");
    let mut server = spawn_self("server", &path, "chat")?;
    let lifeline = Mutex::new(server.stdin.take());
    let result = run_clients(&path, &lifeline);
    drop(lifeline); // the server stops, although it waits for clients
    let status = server.wait()?;
    result?;
    ensure!(status.success(), "the child ended with {status}");
    Ok(())
}

fn run_clients(path: &Path, lifeline: &Mutex<Option<ChildStdin>>) -> Result<()> {
    let half = spawn_self("client", path, "half")?.wait()?;
    ensure!(half.success(), "the child ended with {half}");
    let clients = NAMES.map(|name| spawn_self("client", path, name));
    thread::scope(|scope| {
        let mut waiting = Vec::new();
        for client in clients {
            waiting.push(scope.spawn(|| {
                let ended = client.and_then(|mut client| Ok(client.wait()?));
                if !ended.as_ref().is_ok_and(ExitStatus::success) {
                    // The others wait for its message, so stop the server.
                    lifeline.lock().unwrap().take();
                }
                ended
            }));
        }
        for client in waiting {
            let status = client.join().expect("it only waits")?;
            ensure!(status.success(), "the child ended with {status}");
        }
        Ok(())
    })
}

/// Starts this program again, with a role as its first argument.
fn spawn_self(role: &str, path: &Path, name: &str) -> Result<Child> {
    Command::new(env::current_exe()?)
        .arg(role)
        .args([path, name.as_ref()])
        .stdin(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start the {role}"))
}
