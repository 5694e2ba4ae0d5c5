//! Runs an example and draws what its threads and processes did.
//!
//! - Run it: `cargo timeline bank-account`
//! - Look for: who works, who waits, and who was killed.

mod examples;
mod options;

use std::ffi::OsString;
use std::io::{self, ErrorKind, IsTerminal, StdoutLock, Write};
use std::path::Path;
use std::process::{self, Command, ExitStatus, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};
use std::{env, fs};

use anyhow::{Context, Error, Result, ensure};
use timeline::{Run, Timeline, svg, terminal, trace};

use options::{Options, Task, Wrong};

/// Where `shared` writes its lines.
const LOG: &str = "TIMELINE_LOG";

/// Columns where the output is not a terminal.
const WIDTH: usize = 100;

fn main() {
    let code = run().unwrap_or_else(|error| {
        if !is_broken_pipe(&error) {
            let _ = writeln!(io::stderr(), "{error:#}");
        }
        if error.is::<Wrong>() { 2 } else { 1 }
    });
    process::exit(code)
}

/// Whether whoever read our lines has left (`| head -1`): nobody to tell.
fn is_broken_pipe(error: &Error) -> bool {
    let kind = error.downcast_ref().map(io::Error::kind);
    kind == Some(ErrorKind::BrokenPipe)
}

/// Returns the exit code.
fn run() -> Result<i32> {
    let Options {
        task,
        release,
        svg,
        trace,
    } = options::parse()?;
    let (title, timeline, status) = match task {
        Task::Help => {
            write!(io::stdout(), "{}", options::HELP)?;
            return Ok(0);
        }
        Task::List => return list(),
        Task::All => return draw_all(),
        Task::Read(log) => {
            let name = log.display();
            let lines =
                fs::read(&log).with_context(|| format!("cannot read {name}"))?;
            let title = log.file_stem().unwrap_or_default().display().to_string();
            (title, Timeline::read(&lines, None), None)
        }
        Task::Run(name, args) => {
            let example = examples::find(&name)?;
            let program = examples::build(&example, release)?;
            let ours = ["--svg", "--trace"].map(OsString::from);
            for option in args.iter().filter(|arg| ours.contains(arg)) {
                let option = option.display();
                eprintln!(
                    "{option} goes to {name}: options of this tool come before it"
                );
            }
            wait_through_ctrl_c()?;
            let (status, timeline) = record(Command::new(program).args(args))?;
            (example.name, timeline, Some(status))
        }
    };

    if let Some(file) = svg {
        write_file(&file, &svg::draw(&timeline, &title))?;
    }
    if let Some(file) = trace {
        write_file(&file, &trace::write(&timeline))?;
    }
    match show(&title, &timeline, status) {
        Err(error) if !is_broken_pipe(&error) => Err(error),
        _ => Ok(status.map_or(0, code)),
    }
}

/// Lets Ctrl-C end the example, which gets it too, and not this process: it has
/// something to draw then.
fn wait_through_ctrl_c() -> Result<()> {
    ctrlc::set_handler(|| ()).context("cannot prepare for Ctrl-C")
}

/// Runs a program to its end and reads what it recorded.
fn record(command: &mut Command) -> Result<(ExitStatus, Timeline)> {
    let log = tempfile::Builder::new().prefix("timeline-").tempfile();
    let log = log.context("cannot make a temporary file")?;
    let program = command.get_program().display().to_string();
    let child = command.env(LOG, log.path()).spawn();
    let mut child = child.with_context(|| format!("cannot start {program}"))?;
    let status = child
        .wait()
        .with_context(|| format!("cannot wait for {program}"))?;
    let end = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    let end = u64::try_from(end.as_nanos()).unwrap_or(u64::MAX);
    let lines = fs::read(log.path()).context("cannot read what was recorded")?;
    let run = Run {
        root: child.id(),
        end,
    };
    Ok((status, Timeline::read(&lines, Some(run))))
}

/// Prints the lanes, or why there are none.
fn show(
    title: &str,
    timeline: &Timeline,
    status: Option<ExitStatus>,
) -> Result<()> {
    let mut out = io::stdout().lock();
    let failure = status.filter(|status| !status.success());
    if !timeline.processes.is_empty() {
        draw(&mut out, title, timeline)?;
    } else if let Some(status) = failure {
        writeln!(
            out,
            "\n{title} failed before it recorded anything: {status}"
        )?;
    } else {
        writeln!(
            out,
            "\n{title} has recorded nothing: \
             no thread came to a line with shared::span or shared::waiting"
        )?;
    }
    if let [first, ..] = timeline.unreadable[..] {
        let count = timeline.unreadable.len();
        writeln!(
            out,
            "Lines of the log that make no sense: {count}, the first is {first}"
        )?;
    }
    Ok(())
}

fn draw(out: &mut StdoutLock, title: &str, timeline: &Timeline) -> Result<()> {
    let terminal = terminal_size::terminal_size().filter(|_| out.is_terminal());
    let width = terminal.map_or(WIDTH, |(width, _)| width.0.into());
    let set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    let dumb = env::var_os("TERM").is_some_and(|term| term == "dumb");
    let colour = out.is_terminal() && !set("NO_COLOR") && !dumb;
    writeln!(out, "\n{title}: {}\n", timeline::summary(timeline))?;
    write!(out, "{}", terminal::draw(timeline, width, colour))?;
    Ok(())
}

fn list() -> Result<i32> {
    let examples = examples::all()?;
    let longest = examples
        .iter()
        .map(|example| example.name.len())
        .max()
        .unwrap_or(0);
    let mut out = io::stdout().lock();
    for example in &examples {
        writeln!(out, "{:longest$}  {}", example.name, example.shows())?;
    }
    writeln!(
        out,
        "\nRun one with `cargo timeline NAME`; `cargo timeline --help` says more."
    )?;
    Ok(0)
}

/// Runs every example without arguments and puts its picture beside it.
fn draw_all() -> Result<i32> {
    ctrlc::set_handler(|| process::exit(130))
        .context("cannot prepare for Ctrl-C")?;
    for example in examples::all()? {
        let name = &example.name;
        let mut command = Command::new(examples::build(&example, false)?);
        let (status, timeline) = record(command.stdout(Stdio::null()))?;
        ensure!(status.success(), "{name}: {status}");
        ensure!(
            !timeline.processes.is_empty(),
            "{name} has recorded nothing"
        );
        let file = example.folder.join("timeline.svg");
        write_file(&file, &svg::draw(&timeline, name))?;
        writeln!(io::stdout(), "{name}: {}", timeline::summary(&timeline))?;
    }
    Ok(0)
}

/// Writes a file whole or not at all, unless it is a device or a pipe.
fn write_file(path: &Path, text: &str) -> Result<()> {
    let write = || {
        if path.exists() && !path.is_file() {
            return fs::write(path, text);
        }
        // A link stays a link.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        if fs::metadata(&path).is_ok_and(|file| file.permissions().readonly()) {
            return Err(ErrorKind::PermissionDenied.into());
        }
        let mut unfinished = path.clone().into_os_string();
        unfinished.push(format!(".{}", process::id()));
        let written = fs::write(&unfinished, text)
            .and_then(|()| fs::rename(&unfinished, path));
        written.inspect_err(|_| drop(fs::remove_file(&unfinished)))
    };
    write().with_context(|| format!("cannot write {}", path.display()))
}

/// The exit code of the example; as in a shell, 128 and the signal if one ended it.
fn code(status: ExitStatus) -> i32 {
    #[cfg(unix)]
    let signal = std::os::unix::process::ExitStatusExt::signal(&status);
    #[cfg(not(unix))]
    let signal: Option<i32> = None;
    status
        .code()
        .or(signal.map(|signal| 128 + signal))
        .unwrap_or(1)
}
