//! The processes that work at the same time, seen from main.

use std::env;
use std::io::{self, BufRead, BufReader, ErrorKind, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// Some processes. When it is dropped, they end, and are waited for.
pub struct Team(Vec<Member>);

struct Member {
    name: String,
    child: Child,
    /// What it is told. It ends when this does.
    to: Option<ChildStdin>,
    from: BufReader<ChildStdout>,
}

impl Team {
    /// Starts this program `size` times more, as `process-1` and so on.
    pub fn start(size: usize, memory: &Path) -> Result<Self> {
        let mut team = Self(Vec::new());
        for number in 1..=size {
            let name = format!("process-{number}");
            let mut child = Command::new(env::current_exe()?)
                .arg(&name)
                .arg(memory)
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .spawn()
                .with_context(|| format!("cannot start {name}"))?;
            let to = child.stdin.take();
            let from = child.stdout.take().expect("it is piped");
            team.0.push(Member {
                name,
                child,
                to,
                from: BufReader::new(from),
            });
        }
        Ok(team)
    }

    /// Lets all do the same at the same time. Where they pause, each waits until
    /// all do. Returns how long it took; fails if one of them ends.
    pub fn work(&mut self, task: &str) -> Result<Duration> {
        let start = Instant::now();
        let mut words = task;
        shared::waiting("processes");
        loop {
            let told = self.0.iter_mut().try_for_each(|member| member.tell(words));
            let answers = told.and_then(|()| {
                self.0
                    .iter_mut()
                    .map(Member::hear)
                    .collect::<io::Result<Vec<_>>>()
            });
            match answers {
                Ok(answers) if answers.iter().all(|answer| answer == "done") => {
                    return Ok(start.elapsed());
                }
                Ok(_) => words = "go",
                Err(_) => bail!(self.end()),
            }
        }
    }

    /// Ends all, waits for them, and says how each of them ended.
    fn end(&mut self) -> String {
        self.0.iter_mut().for_each(|member| member.to = None);
        let ended = self.0.iter_mut().map(|member| match member.child.wait() {
            Ok(status) => format!("{}: {status}", member.name),
            Err(error) => format!("{}: {error}", member.name),
        });
        ended.collect::<Vec<_>>().join(", ")
    }

    /// Lets the last one begin something, and kills it where it pauses. Returns its
    /// name.
    pub fn kill_one_at(&mut self, task: &str) -> Result<String> {
        let last = self.0.last_mut().context("nobody is left")?;
        last.tell(task)?;
        last.hear()?;
        last.child.kill().context("cannot kill a process")?;
        last.child.wait().context("cannot wait for a process")?;
        Ok(self.0.pop().map(|killed| killed.name).unwrap_or_default())
    }
}

impl Member {
    fn tell(&mut self, words: &str) -> io::Result<()> {
        self.to
            .as_mut()
            .map_or(Ok(()), |to| writeln!(to, "{words}"))
    }

    /// What it answers. Fails if it has ended.
    fn hear(&mut self) -> io::Result<String> {
        let mut line = String::new();
        self.from.read_line(&mut line)?;
        let line = line.strip_suffix('\n').ok_or(ErrorKind::UnexpectedEof)?;
        Ok(line.to_owned())
    }
}

impl Drop for Team {
    fn drop(&mut self) {
        self.end();
    }
}
