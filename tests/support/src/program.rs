//! Running an example: in folders of its own, under a deadline, and with a look at
//! what it leaves behind.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::{self, BufRead, BufReader, ErrorKind, PipeReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::sync::{LazyLock, OnceLock};
use std::time::{Duration, Instant};
use std::{fs, process, thread};

use tempfile::TempDir;

use crate::process_table::{self, Process, Signal};
use crate::{Example, in_ci, root};

/// When a program is taken for one that hangs. Far longer than any takes, also on a
/// machine that does much else.
const DEADLINE: Duration = Duration::from_secs(600);

/// How often is looked whether a process has ended.
const LOOK: Duration = Duration::from_millis(5);

/// A program to be run.
#[must_use]
pub struct Program {
    command: Command,
    stdin: Stdio,
    mark: (String, String),
    folders: TempDir,
}

impl Program {
    /// The example's Rust program.
    pub fn rust(example: &Example) -> Self {
        Self::new(binary(&example.name))
    }

    /// The example's Python program.
    pub fn python(example: &Example) -> Self {
        Self::new("python3").arg(example.python())
    }

    /// Any program. It gets a working folder and a folder for temporary files of
    /// its own, and a process group.
    pub fn new(program: impl AsRef<OsStr>) -> Self {
        static RUN: AtomicUsize = AtomicUsize::new(0);
        let run =
            format!("{}-{}", process::id(), RUN.fetch_add(1, Ordering::Relaxed));
        let mark = ("TESTS_RUN".to_owned(), run);
        let folders = tempfile::Builder::new().prefix("tests-").tempdir();
        let folders = folders.expect("there is room for temporary files");
        let (work, temporary) =
            (folders.path().join("work"), folders.path().join("tmp"));
        let mut command = Command::new(program);
        for folder in [&work, &temporary] {
            fs::create_dir(folder).expect("the folder is new");
        }
        for variable in ["TMPDIR", "TEMP", "TMP"] {
            command.env(variable, &temporary);
        }
        command
            .current_dir(work)
            .env(&mark.0, &mark.1)
            .env_remove("RUST_BACKTRACE");
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        Self {
            command,
            stdin: Stdio::null(),
            mark,
            folders,
        }
    }

    /// Adds an argument.
    pub fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.command.arg(arg);
        self
    }

    /// Adds arguments.
    pub fn args(
        mut self,
        args: impl IntoIterator<Item = impl AsRef<OsStr>>,
    ) -> Self {
        self.command.args(args);
        self
    }

    /// Sets a variable of its environment.
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Gives the program an input. Without this, it has none.
    pub fn stdin(mut self, stdin: impl Into<Stdio>) -> Self {
        self.stdin = stdin.into();
        self
    }

    /// Lets the program work in a folder that is there already.
    pub fn in_folder(mut self, folder: &Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// The folder that the program works in, if it is not told another.
    pub fn work(&self) -> PathBuf {
        self.folders.path().join("work")
    }

    /// Starts the program, its output and its errors in one pipe, as in a terminal.
    pub fn start(self) -> Running {
        let (reader, writer) = io::pipe().expect("the system has pipes");
        let Self {
            mut command,
            stdin,
            mark,
            folders,
        } = self;
        command
            .stdin(stdin)
            .stdout(writer.try_clone().expect("the system has pipes"))
            .stderr(writer);
        let child = loop {
            match command.spawn() {
                // A process that another trial is starting just now holds a copy of
                // the file in which this trial has written the program.
                Err(error) if error.kind() == ErrorKind::ExecutableFileBusy => {
                    thread::sleep(LOOK);
                }
                child => break child,
            }
        };
        let child = child.unwrap_or_else(|error| panic!("{command:?}: {error}"));
        // `command` holds copies of the writing end: with them, the output never
        // ends.
        drop(command);
        let mark = format!("{}={}", mark.0, mark.1);
        Running {
            child,
            mark,
            folders,
            output: Output::Unread(reader),
            start: Instant::now(),
        }
    }

    /// Runs the program to its end.
    pub fn run(self) -> Result<Finished, String> {
        self.start().finish()
    }
}

/// A program that was started.
pub struct Running {
    child: Child,
    mark: String,
    folders: TempDir,
    output: Output,
    start: Instant,
}

enum Output {
    Unread(PipeReader),
    Read(Receiver<String>),
    Closed,
}

impl Running {
    /// The id of the program's first process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The folder for the program's temporary files.
    pub fn temporary(&self) -> PathBuf {
        self.folders.path().join("tmp")
    }

    /// The processes of the run.
    pub fn processes(&self) -> Vec<Process> {
        process_table::processes(self.child.id(), &self.mark)
    }

    /// Waits for a process of the run, other than the first, whose command line
    /// `is_it`. `None` when the program ends before there is one.
    pub fn child(&mut self, is_it: impl Fn(&str) -> bool) -> Option<u32> {
        loop {
            let ended = !matches!(self.child.try_wait(), Ok(None));
            let found = self.processes().into_iter().find(|process| {
                process.pid != self.pid() && is_it(process.command.trim_end())
            });
            if found.is_some() || ended || self.start.elapsed() > DEADLINE {
                return found.map(|process| process.pid);
            }
            thread::sleep(LOOK);
        }
    }

    /// Waits until `is_so`. Returns whether it was: `false` if the program has
    /// ended or hangs.
    pub fn until(&mut self, is_so: impl Fn() -> bool) -> bool {
        loop {
            let ended = !matches!(self.child.try_wait(), Ok(None));
            if is_so() {
                return true;
            }
            if ended || self.start.elapsed() > DEADLINE {
                return false;
            }
            thread::sleep(Duration::from_millis(1)); // what is so may end soon
        }
    }

    /// Waits until no thread of the run has run for a second, so that none of them
    /// will again. Returns `false` if the program has ended instead. Programs that
    /// sleep longer than that are not for this. Only Linux tells.
    pub fn comes_to_rest(&mut self) -> bool {
        let mut before = Vec::new();
        loop {
            let now = process_table::threads(&self.processes());
            if !matches!(self.child.try_wait(), Ok(None))
                || self.start.elapsed() > DEADLINE
            {
                return false;
            }
            let all_sleep = now.iter().all(|thread| thread.sleeps);
            if all_sleep && now == before {
                return true;
            }
            before = now;
            thread::sleep(Duration::from_secs(1));
        }
    }

    /// Waits for the next line of the output. `finish` returns only those after it.
    pub fn next_line(&mut self) -> Option<String> {
        self.lines().recv_timeout(DEADLINE).ok()
    }

    /// Reads one line, then closes the reading end of the output, as `| head -1`
    /// does.
    pub fn close_output_after_a_line(&mut self) {
        if let Output::Unread(reader) = &mut self.output {
            let mut reader = BufReader::with_capacity(1, reader);
            let _ = reader.read_line(&mut String::new());
        }
        self.output = Output::Closed;
    }

    /// Sends Ctrl-C to the whole run, as the terminal does.
    pub fn interrupt(&self) {
        process_table::signal_group(self.child.id(), Signal::Interrupt);
    }

    /// Sends a signal to the whole run.
    pub fn signal(&self, signal: Signal) {
        process_table::signal_group(self.child.id(), signal);
    }

    /// Sends Ctrl-C to the first process alone, as `kill -INT` does.
    pub fn interrupt_first(&self) {
        process_table::signal(self.child.id(), Signal::Interrupt);
    }

    /// Kills one process of the run.
    pub fn kill(&self, pid: u32) {
        process_table::signal(pid, Signal::Kill);
    }

    /// Waits for the end of the program and of its output.
    pub fn finish(mut self) -> Result<Finished, String> {
        let mut output = String::new();
        if !matches!(self.output, Output::Closed) {
            self.lines();
        }
        let status = loop {
            if let Output::Read(lines) = &self.output {
                output.extend(lines.try_iter());
            }
            match self.child.try_wait() {
                Ok(Some(status)) => break status,
                Ok(None) if self.start.elapsed() < DEADLINE => thread::sleep(LOOK),
                _ => {
                    let left = self.processes();
                    return Err(format!(
                        "hangs, with {left:?}, after printing:\n{output}"
                    ));
                }
            }
        };
        let left = self.processes();
        if let Output::Read(lines) = &self.output {
            let rest = DEADLINE.saturating_sub(self.start.elapsed());
            let end = Instant::now() + rest;
            // The output ends when the last process that can write to it has ended.
            while let Ok(line) =
                lines.recv_timeout(end.duration_since(Instant::now()))
            {
                output += &line;
            }
        }
        Ok(Finished {
            output,
            status,
            left,
            run: self,
        })
    }

    fn lines(&mut self) -> &Receiver<String> {
        if matches!(self.output, Output::Unread(_))
            && let Output::Unread(reader) =
                std::mem::replace(&mut self.output, Output::Closed)
        {
            let (sender, lines) = mpsc::channel();
            thread::spawn(move || {
                let mut reader = BufReader::new(reader);
                let mut line = Vec::new();
                while reader.read_until(b'\n', &mut line).is_ok_and(|n| n > 0) {
                    let _ =
                        sender.send(String::from_utf8_lossy(&line).into_owned());
                    line.clear();
                }
            });
            self.output = Output::Read(lines);
        }
        match &self.output {
            Output::Read(lines) => lines,
            _ => panic!("the output was closed"),
        }
    }
}

impl Drop for Running {
    /// Kills what is left, so that a failing test leaves nothing either.
    fn drop(&mut self) {
        process_table::signal_group(self.child.id(), Signal::Kill);
        let _ = self.child.wait();
        while let Some(process) = self.processes().first() {
            process_table::signal(process.pid, Signal::Kill);
            process_table::reap(process.pid);
            thread::sleep(LOOK);
        }
    }
}

/// A program that has ended.
pub struct Finished {
    /// What it printed, output and errors as they came.
    pub output: String,
    /// How it ended.
    pub status: ExitStatus,
    /// The processes that were there when the first had ended.
    left: Vec<Process>,
    run: Running,
}

impl Finished {
    /// The exit code; `None` if a signal ended it.
    pub fn code(&self) -> Option<i32> {
        self.status.code()
    }

    /// The folder that the program worked in.
    pub fn work(&self) -> PathBuf {
        self.run.folders.path().join("work")
    }

    /// Fails if the program left a process, also one that has ended and was not
    /// waited for, or a temporary file.
    pub fn nothing_left(&self) -> Result<(), String> {
        if self.left.is_empty() {
            return self.no_files_left();
        }
        Err(format!(
            "left behind: {:?}, printed:\n{}",
            self.left, self.output
        ))
    }

    /// The folder for its temporary files.
    pub fn temporary(&self) -> PathBuf {
        self.run.temporary()
    }

    /// Fails if the program left a temporary file, other than the results of
    /// image-processing, which are the reader's.
    pub fn no_files_left(&self) -> Result<(), String> {
        // They are looked up now: another process of the run may have removed them
        // after the first had ended, and `others_end` has waited for it.
        let mut left = files(&self.temporary());
        left.retain(|file| {
            let file = file.to_string_lossy();
            !file.contains("tmp/image-processing-")
                || self.code().is_some() && file.contains("/.")
        });
        if left.is_empty() {
            return Ok(());
        }
        Err(format!("temporary files left behind: {left:?}"))
    }

    /// Waits until the other processes of the run have ended too, by themselves.
    pub fn others_end(&self) -> Result<(), String> {
        let start = Instant::now();
        loop {
            let left = self.run.processes();
            let (ended, running): (Vec<_>, Vec<_>) =
                left.iter().partition(|p| p.zombie);
            for process in ended {
                process_table::reap(process.pid);
            }
            if running.is_empty() {
                return Ok(());
            }
            if start.elapsed() > DEADLINE {
                return Err(format!("still there: {running:?}"));
            }
            thread::sleep(LOOK);
        }
    }
}

/// Where the Rust program with this name is. All of them are built once.
pub fn binary(name: &str) -> &'static Path {
    static BINARIES: LazyLock<BTreeMap<String, PathBuf>> =
        LazyLock::new(|| build(root(), &["--workspace", "--bins"]));
    &BINARIES[name]
}

/// All files below a folder.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the folder can be read");
    let paths = entries.map(|entry| entry.expect("the entry can be read").path());
    paths
        .flat_map(|path| {
            if path.is_dir() {
                files(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}

/// Builds packages and returns where their programs are, by name. In the profile of
/// the tests.
pub fn build(folder: &Path, args: &[&str]) -> BTreeMap<String, PathBuf> {
    let built = try_to_build(folder, args);
    let words = &built.words;
    assert!(built.status.success(), "{args:?} failed:\n{words}");
    assert!(!words.contains("warning"), "{args:?} warns:\n{words}");
    built.programs
}

/// What came of a build.
pub struct Built {
    /// The programs that were built, or were up to date, by name.
    pub programs: BTreeMap<String, PathBuf>,
    /// How cargo ended.
    pub status: ExitStatus,
    /// What cargo and the compiler had to say.
    pub words: String,
}

/// The same, but fails only in what it returns.
pub fn try_to_build(folder: &Path, args: &[&str]) -> Built {
    let mut command = timeline::examples::cargo();
    command
        .args(["build", "--message-format=json-render-diagnostics"])
        .args(args);
    if !cfg!(debug_assertions) {
        command.arg("--release");
    }
    let built = command
        .current_dir(folder)
        .output()
        .expect("cargo can be started");
    let words = String::from_utf8_lossy(&built.stderr).into_owned();
    let messages = String::from_utf8_lossy(&built.stdout);
    let messages = messages
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok());
    let programs = messages
        .filter_map(|message: serde_json::Value| {
            let path = PathBuf::from(message["executable"].as_str()?);
            Some((message["target"]["name"].as_str()?.to_owned(), path))
        })
        .collect();
    Built {
        programs,
        status: built.status,
        words,
    }
}

/// The source of a program that does not use `shared`.
pub fn without_shared(source: &str) -> String {
    source
        .lines()
        .filter(|line| !line.contains("shared::"))
        .flat_map(|l| [l, "\n"])
        .collect()
}

/// Writes a file of a copied package, and its folder. Leaves a file alone that is
/// right already: cargo builds only what has changed.
pub fn write(path: &Path, text: &str) -> io::Result<()> {
    if fs::read_to_string(path).is_ok_and(|old| old == text) {
        return Ok(());
    }
    fs::create_dir_all(path.parent().expect("it is in a folder"))?;
    fs::write(path, text)
}

/// Whether Python runs the example's Python program; if not, why. In CI everything
/// has to be there.
pub fn python_is_missing(example: &Example) -> Option<String> {
    static PYTHON: OnceLock<bool> = OnceLock::new();
    let runs = |code: &str| {
        let python = Command::new("python3").args(["-c", code]).output();
        python.is_ok_and(|python| python.status.success())
    };
    if in_ci() {
        return None;
    }
    if !*PYTHON.get_or_init(|| runs("")) {
        return Some("there is no python3".into());
    }
    let source = fs::read_to_string(example.python()).unwrap_or_default();
    (source.contains("PIL") && !runs("import PIL"))
        .then(|| "there is no Pillow".into())
}

/// Whether there is no nats-server, which job-queue needs for several machines. In
/// CI everything has to be there.
pub fn nats_server_is_missing() -> bool {
    static MISSING: LazyLock<bool> = LazyLock::new(|| {
        let version = Command::new("nats-server").arg("--version").output();
        !in_ci() && version.is_err()
    });
    *MISSING
}
