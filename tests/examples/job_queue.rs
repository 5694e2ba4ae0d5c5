//! What job-queue alone promises, against a real server: no job is lost, whatever
//! else is.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use libtest_mimic::{Failed, Trial};
use serde_json::Value;
use support::process_table::Signal;
use support::program::{binary, nats_server_is_missing};
use support::{
    Checked, Example, Finished, Language, Program, Running, common_run, ensure,
    root, rounds, unix_trial,
};
use tempfile::TempDir;

use crate::faults::moments_of;

use super::Special;

pub const SPECIAL: Special = Special {
    name: NAME,
    refused: &[
        (&["run", "nightly"], 1, "NATS_URL"),
        (&["worker"], 1, "NATS_URL"),
        (&["sing"], 1, "\"worker\" or \"demo\""),
    ],
    interchangeable: Some(r"\[worker-\d\]"),
    trials,
    ..Special::NOTHING
};

const NAME: &str = "job-queue";

pub fn trials() -> Vec<Trial> {
    let mut trials = vec![unix_trial("job-queue: bad servers", bad_servers)];
    for (title, check) in [
        (
            "a worker is killed, and no job is lost",
            demo as fn() -> Checked,
        ),
        ("the demonstration is killed or interrupted", demo_ends),
        ("an answered job is not done again", answered),
        ("a job that kills its workers is given up", poison),
        (
            "a job that takes longer than its lease is done once",
            long_job,
        ),
        ("a bounded number of jobs is submitted", bounded),
        (
            "a worker that is asked to stop finishes its job",
            orderly_end,
        ),
        ("a coordinator that is killed can be run again", continued),
        ("a server that is killed between two runs", killed_server),
        ("a worker of another version", other_version),
        ("a job that is too large", too_large),
        ("a server without JetStream", no_jetstream),
        ("a server with a password", password),
    ] {
        let trial = unix_trial(format!("job-queue: {title}"), check);
        trials.push(trial.with_ignored_flag(nats_server_is_missing()));
    }
    trials
}

/// A server of its own, with a free port.
struct Server {
    process: Child,
    url: String,
    folder: TempDir,
}

impl Server {
    fn start() -> Result<Self, Failed> {
        Self::with(&["--jetstream"])
    }

    fn with(options: &[&str]) -> Result<Self, Failed> {
        Self::in_folder(tempfile::tempdir()?, "-1", options)
    }

    fn in_folder(
        folder: TempDir,
        port: &str,
        options: &[&str],
    ) -> Result<Self, Failed> {
        let mut process = Command::new("nats-server")
            .args(["--addr", "127.0.0.1", "--port", port])
            .args(options)
            .arg("--store_dir")
            .arg(folder.path())
            .arg("--ports_file_dir")
            .arg(folder.path())
            .stderr(Stdio::null())
            .spawn()?;
        let ports = folder
            .path()
            .join(format!("nats-server_{}.ports", process.id()));
        loop {
            let ports: Option<Value> = fs::read(&ports)
                .ok()
                .and_then(|text| serde_json::from_slice(&text).ok());
            if let Some(url) = ports.map(|it| it["nats"][0].to_string()) {
                return Ok(Self {
                    process,
                    url: url.trim_matches('"').to_owned(),
                    folder,
                });
            }
            ensure(process.try_wait()?.is_none(), || "no server".into())?;
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Kills it, and starts it again with the same files and the same port.
    fn killed_and_started(mut self) -> Result<Self, Failed> {
        self.process.kill()?;
        self.process.wait()?;
        let folder = std::mem::replace(&mut self.folder, tempfile::tempdir()?);
        let (_, port) = self.url.rsplit_once(':').ok_or("no port")?;
        Self::in_folder(folder, port, &["--jetstream"])
    }

    /// A coordinator of our jobs.
    fn run(&self, name: &str) -> Running {
        self.program(NAME).args(["run", name]).start()
    }

    /// A coordinator of squares.
    fn squares(&self, name: &str, [jobs, ms, killer, large]: [u64; 4]) -> Running {
        self.program("compare-job-queue")
            .args(["run", name])
            .args([jobs, ms, killer, large].map(|number| number.to_string()))
            .start()
    }

    fn worker(&self, program: &str) -> Running {
        self.program(program).arg("worker").start()
    }

    fn program(&self, name: &str) -> Program {
        Program::new(binary(name)).env("NATS_URL", &self.url)
    }

    /// Sends a message, and returns the answer if there is one. That is a line of
    /// the protocol, and the message after it.
    fn ask(&self, subject: &str, text: &str) -> Result<Value, Failed> {
        let mut server =
            TcpStream::connect(self.url.trim_start_matches("nats://"))?;
        let length = text.len();
        write!(
            server,
            "CONNECT {{\"verbose\":false}}\r\nSUB answer 1\r\n\
             PUB {subject} answer {length}\r\n{text}\r\n"
        )?;
        let mut lines = BufReader::new(server).lines();
        loop {
            let line = lines.next().ok_or("the server has closed")??;
            if line.starts_with("MSG answer") {
                let message = lines.next().ok_or("no message")??;
                return Ok(serde_json::from_str(&message)?);
            }
        }
    }

    /// The jobs in the queue or in work, and how many were ever submitted.
    fn jobs(&self) -> (u64, u64) {
        let info = self.ask("$JS.API.STREAM.INFO.JOBS", "").unwrap_or_default();
        let number = |name: &str| info["state"][name].as_u64().unwrap_or(0);
        (number("messages"), number("last_seq"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The answers that a coordinator has printed, in their order.
fn answers(run: &Finished) -> Result<Vec<&str>, Failed> {
    ensure(run.status.success(), || {
        format!("{}:\n{}", run.status, run.output)
    })?;
    let lines = run.output.lines();
    Ok(lines.filter(|line| line.starts_with("[job-")).collect())
}

/// The jobs that workers have started, once for each attempt.
fn starts(output: &str) -> Vec<&str> {
    let lines = output.lines();
    lines
        .filter_map(|line| line.split_once("] Job ")?.1.split_once(','))
        .map(|(job, _)| job)
        .collect()
}

/// Ends a worker, and returns what it has printed.
fn stop(worker: Running) -> Result<String, Failed> {
    worker.signal(Signal::Terminate);
    let worker = worker.finish()?;
    ensure(worker.code() == Some(0), || {
        format!("{}:\n{}", worker.status, worker.output)
    })?;
    worker.others_end()?;
    Ok(worker.output.clone())
}

/// The lease of the job that its worker had runs out, and another one does it. The
/// answers are those of the local pool, but for the words about the job that ends
/// its process in each attempt.
fn demo() -> Checked {
    let example = Example::named(NAME);
    // Its picture is that of this run.
    let all = timeline::examples::below(root())?;
    let this = all.iter().find(|other| other.name == NAME);
    let arguments = this.ok_or("no such example")?.picture_arguments();
    ensure(arguments == ["demo"], || format!("{arguments:?}"))?;
    let local = common_run(&example, Language::Rust, &[])?;
    let local = local
        .output
        .replace("Abort: ", "Abort: given up after 3 attempts: ");
    let expected: Vec<&str> = local.lines().skip(1).collect();
    for _ in 0..rounds().div_ceil(2) {
        let run = Program::rust(&example).arg("demo").run()?;
        ensure(answers(&run)? == expected, || run.output.clone())?;
        let starts = starts(&run.output);
        let first = starts.iter().filter(|job| **job == "demo.1").count();
        ensure(first >= 2, || run.output.clone())?;
        // The pool of the worker that was killed has no parent that waits for it.
        run.others_end()?;
        run.no_files_left()?;
    }
    Ok(())
}

/// Its server and its workers end with it.
fn demo_ends() -> Checked {
    let example = Example::named(NAME);
    for moment in moments_of(Duration::from_secs(2)) {
        for signal in [Signal::Kill, Signal::Interrupt, Signal::Terminate] {
            let run = Program::rust(&example).arg("demo").start();
            thread::sleep(moment);
            match signal {
                Signal::Kill => run.kill(run.pid()),
                _ => run.signal(signal),
            }
            let run = run.finish()?;
            run.others_end()
                .map_err(|error| format!("after {moment:?}: {error}"))?;
            if !matches!(signal, Signal::Kill) {
                run.no_files_left()?;
            }
        }
    }
    Ok(())
}

/// A worker was lost after its answer: the job is in the queue, but is not done.
fn answered() -> Checked {
    let server = Server::start()?;
    let mut coordinator = server.run("x");
    let queued = coordinator.until(|| server.jobs().0 == 8);
    ensure(queued, || "no jobs".into())?;
    server.ask("answers.x.1", "{\"Ok\":7}")?;
    let worker = server.worker(NAME);
    let run = coordinator.finish()?;
    let answers = answers(&run)?;
    ensure(answers[0] == "[job-1] CountPrimes(40000): 7", || {
        answers.join("\n")
    })?;
    let output = stop(worker)?;
    ensure(!starts(&output).contains(&"x.1"), || output.clone())?;
    ensure(server.jobs().0 == 0, || format!("{:?}", server.jobs()))
}

/// Three of four workers die of it. The other jobs are done.
fn poison() -> Checked {
    let server = Server::start()?;
    let workers: Vec<_> =
        (0..4).map(|_| server.worker("compare-job-queue")).collect();
    let run = server.squares("x", [6, 1, 2, 0]).finish()?;
    let expected = "1\ngiven up, 3 workers were lost\n9\n16\n25\n36\n";
    ensure(run.output.starts_with(expected), || run.output.clone())?;
    let is_lost = |worker: &&Running| {
        let mut processes = worker.processes().into_iter();
        processes.any(|process| process.pid == worker.pid() && process.zombie)
    };
    let lost = workers.iter().filter(is_lost).count();
    ensure(lost == 3, || format!("{lost} workers"))
}

/// Its worker asks for more time. On a machine that is busy for seconds, that may
/// come too late; without it, there are always two attempts.
fn long_job() -> Checked {
    let mut output = String::new();
    for _ in 0..5 {
        let server = Server::start()?;
        let workers = [(); 2].map(|()| server.worker("compare-job-queue"));
        let run = server.squares("x", [1, 3_000, 0, 0]).finish()?;
        ensure(run.output.starts_with("1\n"), || run.output.clone())?;
        output.clear();
        for worker in workers {
            output += &stop(worker)?;
        }
        if starts(&output).len() == 1 {
            return Ok(());
        }
    }
    Err(output.into())
}

/// Without workers, the coordinator stops at the bound. With one, it goes on.
fn bounded() -> Checked {
    let server = Server::start()?;
    let mut coordinator = server.squares("x", [1_100, 0, 0, 0]);
    let full = coordinator.until(|| server.jobs().0 >= 1_000);
    ensure(full, || "too few".into())?;
    let worker = server.worker("compare-job-queue");
    let more = coordinator.until(|| server.jobs().1 > 1_010);
    ensure(more, || "no more".into())?;
    let (queued, submitted) = server.jobs();
    drop(worker);
    // A job that is answered stays until its worker acknowledges it.
    ensure(queued <= 1_001, || format!("{queued} of {submitted}"))
}

/// It is asked while it has a job, of which there is no other attempt.
fn orderly_end() -> Checked {
    let server = Server::start()?;
    let mut worker = server.worker("compare-job-queue");
    let coordinator = server.squares("x", [1, 200, 0, 0]);
    let line = worker.next_line().ok_or("no job")?;
    ensure(line.contains("Job x.1, attempt 1"), || line.clone())?;
    stop(worker)?;
    let run = coordinator.finish()?;
    ensure(run.output.starts_with("1\n"), || run.output.clone())?;
    ensure(server.jobs().0 == 0, || format!("{:?}", server.jobs()))
}

/// All jobs are started once, although two coordinators were there.
fn continued() -> Checked {
    let server = Server::start()?;
    let first = server.squares("x", [30, 5, 0, 0]);
    let mut worker = server.worker("compare-job-queue");
    let mut begun = String::new();
    for _ in 0..10 {
        begun += &worker.next_line().ok_or("too few jobs")?;
    }
    first.kill(first.pid());
    first.finish()?;
    let run = server.squares("x", [30, 5, 0, 0]).finish()?;
    let squares = (1..=30).map(|number: u32| (number * number).to_string());
    let printed = run.output.lines().take(30);
    ensure(printed.eq(squares), || run.output.clone())?;
    let output = begun + &stop(worker)?;
    ensure(starts(&output).len() == 30, || output.clone())
}

/// The queue is empty when it is killed. An old server then forgets which numbers
/// it has given to messages, but not which of them the workers have had.
fn killed_server() -> Checked {
    let mut server = Server::start()?;
    let worker = server.worker("compare-job-queue");
    for run in ["first", "second", "third"] {
        let run = server.squares(run, [5, 0, 0, 0]).finish()?;
        let squares = "1\n4\n9\n16\n25\n";
        ensure(run.output.contains(squares), || run.output.clone())?;
        server = server.killed_and_started()?;
    }
    stop(worker)?;
    Ok(())
}

/// It answers that it cannot read the jobs.
fn other_version() -> Checked {
    let server = Server::start()?;
    let worker = server.worker("compare-job-queue");
    let run = server.run("x").finish()?;
    let answers = answers(&run)?;
    let unread = answers.iter().filter(|line| line.contains(" at line 1 "));
    ensure(unread.count() == 8, || answers.join("\n"))?;
    stop(worker)?;
    Ok(())
}

/// It gets an error, and the others are done.
fn too_large() -> Checked {
    let server = Server::start()?;
    let worker = server.worker("compare-job-queue");
    let run = server.squares("x", [3, 0, 0, 2]).finish()?;
    let expected = "1\nit is too large\n9\n";
    ensure(run.output.starts_with(expected), || run.output.clone())?;
    stop(worker)?;
    Ok(())
}

fn no_jetstream() -> Checked {
    let server = Server::with(&[])?;
    for role in ["worker", "run x"] {
        let run = server.program(NAME).args(role.split(' ')).run()?;
        let said = run.output.contains("does not run with --jetstream");
        ensure(run.code() == Some(1) && said, || run.output.clone())?;
    }
    Ok(())
}

fn password() -> Checked {
    let server =
        Server::with(&["--jetstream", "--user", "me", "--pass", "secret"])?;
    let url = |user: &str| server.url.replace("//", &format!("//{user}@"));
    for (user, code) in [("me:secret", 0), ("me:wrong", 1), ("me", 1)] {
        let worker = server
            .program("compare-job-queue")
            .env("NATS_URL", url(user));
        let worker = worker.arg("worker").start();
        if code == 0 {
            let run = server.program("compare-job-queue");
            let run = run.env("NATS_URL", url(user));
            let run = run.args(["run", "x", "1", "0", "0", "0"]).run()?;
            ensure(run.code() == Some(0), || run.output.clone())?;
            stop(worker)?;
        } else {
            let run = worker.finish()?;
            let said = run.output.contains("authorization violation");
            ensure(run.code() == Some(code) && said, || run.output.clone())?;
        }
    }
    Ok(())
}

/// The error says what is wrong, but not the password.
fn bad_servers() -> Checked {
    for (url, said) in [
        (
            "nats://me:secret@127.0.0.1:1",
            "cannot connect to 127.0.0.1:1",
        ),
        ("nats://me:secret@[", "NATS_URL is not a URL"),
        ("", "cannot connect to :4222"),
    ] {
        let example = Example::named(NAME);
        let run = Program::rust(&example).env("NATS_URL", url).run()?;
        let clear = run.output.contains(said) && !run.output.contains("secret");
        ensure(run.code() == Some(1) && clear, || {
            format!("{url}: {}:\n{}", run.status, run.output)
        })?;
    }
    let example = Example::named(NAME);
    let run = Program::rust(&example).arg("demo").env("PATH", "").run()?;
    let said = run.output.contains("cannot start nats-server");
    ensure(run.code() == Some(1) && said, || run.output.clone())?;
    Ok(run.nothing_left()?)
}
