//! A worker process, which does one job after the other.

use std::io::{self, BufRead, BufReader, Write};
use std::process::{self, Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Mutex, mpsc};
use std::time::Duration;
use std::{env, thread};

use anyhow::{Context, Result, ensure};

/// In the service: the processes that it has started.
static PROCESSES: Mutex<Vec<Child>> = Mutex::new(Vec::new());

/// In the service. Dropping it lets the process end.
pub struct Worker {
    jobs: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Worker {
    pub fn start(job_ms: &str) -> Result<Self> {
        let mut processes = PROCESSES.lock().unwrap();
        let mut process = Command::new(env::current_exe()?)
            .args(["worker", job_ms])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot start a worker")?;
        let jobs = process.stdin.take().expect("it is piped");
        let answers = process.stdout.take().expect("it is piped");
        processes.push(process);
        Ok(Self {
            jobs,
            answers: BufReader::new(answers),
        })
    }

    /// Sends a job, and waits until it is done.
    pub fn work_on(&mut self, job: u32) -> Result<()> {
        writeln!(self.jobs, "{job}").context("the worker is gone")?;
        let mut answer = String::new();
        self.answers.read_line(&mut answer)?;
        ensure!(answer == format!("{job}\n"), "the worker is gone");
        Ok(())
    }
}

/// Waits for the processes, which end when their `Worker` is dropped.
pub fn wait_for_all() -> io::Result<()> {
    // Not `wait`: `kill_all` may need the lock meanwhile.
    while any_is_alive()? {
        thread::sleep(Duration::from_millis(1));
    }
    Ok(())
}

fn any_is_alive() -> io::Result<bool> {
    let mut alive = false;
    for process in PROCESSES.lock().unwrap().iter_mut() {
        alive |= process.try_wait()?.is_none();
    }
    Ok(alive)
}

/// There is no time left: ends them in the middle of their jobs.
pub fn kill_all() {
    for process in PROCESSES.lock().unwrap().iter_mut() {
        process.kill().ok(); // fails if it has been waited for
    }
}

/// In the worker process.
pub fn run(job_ms: &str) -> Result<()> {
    // Ctrl-C and SIGTERM may come to this process, too. But the service decides
    // when it ends, by closing its input.
    ctrlc::set_handler(|| ())?;
    let job_time = Duration::from_millis(job_ms.parse()?);
    let (sender, jobs) = mpsc::channel();
    thread::spawn(move || {
        for job in io::stdin().lines().map_while(Result::ok) {
            sender.send(job).ok();
        }
        process::exit(0); // in the middle of a job, if the service is gone
    });
    for job in jobs {
        do_job(job_time);
        writeln!(io::stdout(), "{job}")?;
    }
    Ok(())
}

fn do_job(time: Duration) {
    let _span = shared::span("job");
    thread::sleep(time); // your work
}
