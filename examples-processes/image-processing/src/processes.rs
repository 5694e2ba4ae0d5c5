//! The pattern: a process for each of many items, a few at a time, the results in
//! the order of the items, and one way to stop all of it.

use std::ffi::OsStr;
use std::io::{self, PipeReader, PipeWriter, Read};
use std::path::PathBuf;
use std::process::{self, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex};
use std::thread::{self, Scope};
use std::{env, fs};

use anyhow::{Context, Result, bail, ensure};

/// A pipe whose reading end is the standard input of every child. Nothing is ever
/// written into it. It closes when this process ends or calls `cut`, and then every
/// child ends, too.
pub struct Lifeline {
    reader: PipeReader,
    writer: Arc<Mutex<Option<PipeWriter>>>,
}

impl Lifeline {
    /// Also makes Ctrl-C, SIGTERM and SIGHUP cut it.
    pub fn new() -> Result<Self> {
        let (reader, writer) = io::pipe().context("cannot make a pipe")?;
        let writer = Arc::new(Mutex::new(Some(writer)));
        let lifeline = Self {
            reader,
            writer: Arc::clone(&writer),
        };
        on_signal(move || *writer.lock().unwrap() = None)?;
        Ok(lifeline)
    }

    /// Ends the children, and lets no other one begin.
    pub fn cut(&self) {
        *self.writer.lock().unwrap() = None;
    }

    pub fn is_cut(&self) -> bool {
        self.writer.lock().unwrap().is_none()
    }

    /// Starts this program again with these arguments, and waits for its answer.
    pub fn run_self(&self, args: &[&OsStr]) -> Result<()> {
        ensure!(!self.is_cut(), "not begun");
        // On Linux this is the program that runs here, also if its file is
        // replaced.
        let program = if cfg!(target_os = "linux") {
            PathBuf::from("/proc/self/exe")
        } else {
            env::current_exe()?
        };
        let mut child = Command::new(program)
            .args(args)
            .stdin(self.reader.try_clone()?)
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot start a process")?;
        shared::waiting("child process");
        let mut answer = String::new();
        let mut stdout = child.stdout.take().expect("it is piped");
        let read = stdout.read_to_string(&mut answer);
        let status = child.wait();
        read.context("cannot read from its process")?;
        // An answer without a line end was cut off.
        match answer.strip_suffix('\n') {
            Some("done") => Ok(()),
            Some(error) => bail!("{error}"),
            None => bail!("its process ended with {}", status?),
        }
    }
}

/// In the child: sends the answer, "done" or the error. It counts, whatever the
/// exit status says, which the system does not keep if SIGCHLD is ignored.
pub fn send_answer(result: Result<()>) {
    match result {
        Ok(()) => println!("done"),
        Err(error) => println!("{error:#}"),
    }
}

/// In the child: when the lifeline closes, removes the unfinished file, its folder
/// if that is empty then, and ends this process.
pub fn end_with_parent(unfinished: PathBuf) -> Result<()> {
    // A signal for the whole group reaches the parent, too, which cuts the
    // lifeline.
    on_signal(|| ())?;
    thread::spawn(move || {
        let _ = io::stdin().read(&mut [0]);
        let _ = fs::remove_file(&unfinished);
        let _ = unfinished.parent().map(fs::remove_dir);
        process::exit(1);
    });
    Ok(())
}

fn on_signal(handler: impl FnMut() + Send + 'static) -> Result<()> {
    match ctrlc::try_set_handler(handler) {
        // `nohup` lets this process ignore SIGHUP, and so it should stay.
        Err(ctrlc::Error::MultipleHandlers) => Ok(()),
        other => other.context("cannot prepare for Ctrl-C"),
    }
}

/// Starts `work` on every item, on `at_once` threads, and returns at once: a
/// receiver for each item, in their order, for what `work` returns.
pub fn start<'scope, T: Sync, R: Send + 'scope>(
    scope: &'scope Scope<'scope, '_>,
    at_once: usize,
    items: &'scope [T],
    work: &'scope (impl Fn(usize, &T) -> R + Sync),
) -> Vec<Receiver<R>> {
    let (senders, receivers): (Vec<_>, Vec<_>) =
        items.iter().map(|_| mpsc::channel()).unzip();
    let todo = Arc::new(Mutex::new(items.iter().zip(senders).enumerate()));
    for _ in 0..at_once.min(items.len()) {
        let todo = Arc::clone(&todo);
        scope.spawn(move || {
            loop {
                // A statement of its own: the lock is free while `work` runs.
                let next = todo.lock().unwrap().next();
                let Some((number, (item, result))) = next else {
                    break;
                };
                // This fails if nothing waits for the result any more.
                let _ = result.send(work(number, item));
            }
        });
    }
    receivers
}
