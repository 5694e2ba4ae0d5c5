//! The demonstration: a server and three workers on this machine. The first worker
//! is killed in the middle of a job.

use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;
use std::{env, fs, process, thread};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use tokio::select;
use tokio::sync::{oneshot, watch};

use crate::jobs::{self, Work};
use crate::queue::{Answer, Queue};

/// Polling interval for the start of the server.
const POLL: Duration = Duration::from_millis(10);
/// How long a worker has to finish its job when the demonstration was killed.
const LAST_MOMENT: Duration = Duration::from_secs(5);

/// The server, and then the workers. None of them outlives this.
struct Children(Vec<Child>);

impl Drop for Children {
    fn drop(&mut self) {
        for child in &mut self.0 {
            child.kill().ok();
            child.wait().ok();
        }
    }
}

#[tokio::main(flavor = "current_thread")]
pub async fn run() -> Result<()> {
    let interrupted = watch::Sender::new(false);
    let mut interrupt = interrupted.subscribe();
    ctrlc::set_handler(move || {
        interrupted.send_replace(true);
    })?;

    let folder = tempfile::tempdir()?; // declared first, so removed last
    let mut children = Children(Vec::new());
    let server = Command::new(env::current_exe()?)
        .arg("server")
        .arg(folder.path())
        .stdin(Stdio::piped())
        .spawn()?;
    children.0.push(server);
    let url = url_of_server(folder.path(), &mut children.0[0])?;
    println!("[demo] A server is ready");

    let answers = select! {
        answers = with_three_workers(&url, &mut children.0) => answers?,
        _ = interrupt.wait_for(|stop| *stop) => bail!("interrupted"),
    };
    // A worker stops when its input ends.
    for mut worker in children.0.drain(1..) {
        drop(worker.stdin.take());
        worker.wait()?;
    }
    jobs::print(answers);
    Ok(())
}

async fn with_three_workers(
    url: &str,
    children: &mut Vec<Child>,
) -> Result<Vec<Answer<Work>>> {
    let queue = Queue::connect(url).await?;
    let jobs = jobs::jobs();
    let workers = async {
        let mut doomed = worker("worker-1", url)?
            .env("DOOMED", "1") // it never finishes its job
            .stdout(Stdio::piped())
            .spawn()?;
        let output = doomed.stdout.take();
        children.push(doomed);
        println!("{}", two_lines(output).await?);
        let mut doomed = children.pop().context("it is the last one")?;
        doomed.kill()?;
        doomed.wait()?;
        println!("[demo] Killed worker-1");
        for name in ["worker-2", "worker-3"] {
            children.push(worker(name, url)?.spawn()?);
        }
        Ok(())
    };
    let (answers, ()) = tokio::try_join!(queue.map("demo", &jobs), workers)?;
    Ok(answers)
}

/// Reads in a thread, which does not hold up the end of the program.
async fn two_lines(output: Option<ChildStdout>) -> Result<String> {
    let output = output.context("it is piped")?;
    let (sender, lines) = oneshot::channel();
    thread::spawn(move || {
        let mut lines = BufReader::new(output).lines().map_while(Result::ok);
        if let Some((first, second)) = lines.next().zip(lines.next()) {
            sender.send(format!("{first}\n{second}")).ok();
        }
    });
    lines.await.context("worker-1 ended without a job")
}

fn worker(name: &str, url: &str) -> Result<Command> {
    let mut command = Command::new(env::current_exe()?);
    command.arg(name).stdin(Stdio::piped());
    command.env("NATS_URL", url).env("WORKER", name);
    Ok(command)
}

/// In a child: a worker that stops when the demonstration has ended.
pub fn worker_of_demo(name: &str) -> Result<()> {
    let stop = watch::Sender::new(false);
    let stop_with_parent = stop.clone();
    thread::spawn(move || {
        io::stdin().read_exact(&mut [0]).ok();
        stop_with_parent.send_replace(true);
        // It may be the one that never finishes its job.
        thread::sleep(LAST_MOMENT);
        process::exit(1);
    });
    crate::worker(name, stop)
}

/// In a child: becomes a server, with its files and its free port in this folder.
pub fn server(folder: &str) -> Result<()> {
    let mut command = Command::new("nats-server");
    command
        .args(["--addr", "127.0.0.1", "--port", "-1", "--jetstream"])
        .args(["--store_dir", folder, "--ports_file_dir", folder])
        .args(["--log", &format!("{folder}/log")]);
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{Signal, set_parent_process_death_signal};
        use std::os::unix::process::CommandExt;
        // The system kills it when the demonstration is killed.
        set_parent_process_death_signal(Some(Signal::KILL))?;
        let error = command.exec();
        Err(error).context("cannot start nats-server (is it installed?)")
    }
    #[cfg(not(target_os = "linux"))]
    {
        // In a Unix other than Linux, or on Windows, it is a child of this process.
        let mut server = command
            .spawn()
            .context("cannot start nats-server (is it installed?)")?;
        io::stdin().read_exact(&mut [0]).ok();
        server.kill()?;
        server.wait()?;
        Ok(())
    }
}

/// Waits for the file in which the server says at which port it listens.
fn url_of_server(folder: &Path, server: &mut Child) -> Result<String> {
    loop {
        let ended = server.try_wait()?;
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.extension().is_some_and(|it| it == "ports")
                && let Ok(ports) = serde_json::from_slice::<Value>(&fs::read(path)?)
                && let Some(url) = ports["nats"][0].as_str()
            {
                return Ok(url.to_owned());
            }
        }
        ensure!(ended.is_none(), "nats-server has ended");
        thread::sleep(POLL);
    }
}
