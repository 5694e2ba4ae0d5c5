//! Runs an example and draws what its threads and processes did.
//!
//! - Run it: `cargo timeline bank-account`
//! - Look for: who works, who waits, and who was killed.

mod options;

use std::io::{self, ErrorKind, IsTerminal, StdoutLock, Write};
use std::path::Path;
use std::process::{self, Command, ExitStatus};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use anyhow::{Context, Error, Result, ensure};
use timeline::examples::{self, Example};
use timeline::{Load, Recorded, Signals, Timeline, svg, terminal, trace};

use options::{Options, Task, UsageError};

/// Columns where the output is not a terminal and `COLUMNS` does not say.
const WIDTH: usize = 100;

/// How long the load of the machine is measured, at the least: it counts in steps
/// of 10 ms.
const MEASURED: Duration = Duration::from_secs(1);

fn main() {
    let code = run().unwrap_or_else(|error| {
        if !is_broken_pipe(&error) {
            let _ = writeln!(io::stderr(), "{error:#}");
        }
        if error.is::<UsageError>() { 2 } else { 1 }
    });
    process::exit(code)
}

/// Whether the reader closed the pipe (as `| head -1` does): then this program ends
/// quietly.
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
        Task::All(busy) => return draw_all(busy),
        Task::Read(log) => {
            let name = log.display();
            let lines =
                fs::read(&log).with_context(|| format!("cannot read {name}"))?;
            let title = log.file_stem().unwrap_or_default().display().to_string();
            (title, Timeline::read(&lines, None), None)
        }
        Task::Run(name, args) => {
            let example = find(&name)?;
            let program = example.build(release)?;
            let signals = Signals::handle().context("cannot handle signals")?;
            let mut command = Command::new(program);
            command.args(args);
            // A picture keeps what was printed, so that the book can play it.
            let run = if svg.is_some() {
                timeline::record_printed(&mut command, &signals, true)?
            } else {
                timeline::record(&mut command, &signals)?
            };
            let Some(Recorded { status, timeline }) = run else {
                return Ok(signals.exit_code().unwrap_or(1));
            };
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

/// The example called `name`.
fn find(name: &str) -> Result<Example> {
    let mut examples = examples::all()?;
    if let Some(place) = examples.iter().position(|example| example.name == name) {
        return Ok(examples.swap_remove(place));
    }
    let typed = name.to_lowercase().replace('_', "-");
    let likeness = |example: &Example| {
        if example.name.contains(&typed) {
            return 1.0;
        }
        strsim::jaro_winkler(&example.name, &typed)
    };
    let likely = examples
        .iter()
        .max_by(|a, b| likeness(a).total_cmp(&likeness(b)))
        .filter(|example| likeness(example) >= 0.8);
    let hint = match likely {
        Some(example) => format!("did you mean \"{}\"?", example.name),
        None => "`cargo timeline` lists them".into(),
    };
    Err(UsageError(format!("no example is called \"{name}\": {hint}")).into())
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
    let width = match terminal {
        Some((width, _)) => width.0.into(),
        None => columns().unwrap_or(WIDTH),
    };
    let set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    let dumb = env::var_os("TERM").is_some_and(|term| term == "dumb");
    let colour = out.is_terminal() && !set("NO_COLOR") && !dumb;
    writeln!(out, "\n{title}: {}\n", timeline::summary(timeline))?;
    write!(out, "{}", terminal::draw(timeline, width, colour))?;
    Ok(())
}

/// The width that the reader wishes for output that does not go to a terminal.
fn columns() -> Option<usize> {
    let columns = env::var("COLUMNS").ok()?.parse().ok()?;
    (1..=10_000).contains(&columns).then_some(columns)
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

/// Runs every example whose chapter shows a picture, with the arguments of the run
/// above it, and writes the picture. Fails when other programs use more than
/// `limit` percent of the cores: then the picture would show their work, too.
fn draw_all(limit: f64) -> Result<i32> {
    let mut examples = examples::all()?;
    examples.retain(Example::has_picture);
    let mut programs = Vec::new();
    for example in &examples {
        programs.push(example.build(false)?);
    }
    let signals = Signals::handle().context("cannot handle signals")?;
    if Load::now().is_none() {
        eprintln!("how busy the machine is cannot be measured here");
    }
    must_be_quiet(Load::now(), Instant::now(), limit, "before the first run")?;
    for (example, program) in examples.iter().zip(programs) {
        if signals.interrupted() {
            return Ok(130);
        }
        let name = &example.name;
        let (before, start) = (Load::now(), Instant::now());
        let mut command = Command::new(program);
        command.args(example.picture_arguments());
        let run = timeline::record_printed(&mut command, &signals, false)?;
        let Some(Recorded { status, timeline }) = run else {
            return Ok(signals.exit_code().unwrap_or(1));
        };
        if signals.interrupted() {
            return Ok(130);
        }
        ensure!(status.success(), "{name}: {status}");
        ensure!(
            !timeline.processes.is_empty(),
            "{name} has recorded nothing"
        );
        must_be_quiet(before, start, limit, &format!("while {name} ran"))?;
        let file = example.folder.join("timeline.svg");
        write_file(&file, &svg::draw(&timeline, name))?;
        writeln!(io::stdout(), "{name}: {}", timeline::summary(&timeline))?;
    }
    Ok(0)
}

/// Fails if others have used more than `limit` percent of the cores since `start`.
/// Measures somewhat longer where not enough time has passed.
fn must_be_quiet(
    before: Option<Load>,
    start: Instant,
    limit: f64,
    when: &str,
) -> Result<()> {
    let Some(before) = before else { return Ok(()) };
    thread::sleep(MEASURED.saturating_sub(start.elapsed()));
    let after = Load::now().context("cannot measure how busy the machine is")?;
    let others = after.others_since(&before);
    ensure!(
        others <= limit,
        "the machine is busy: other programs used {others:.0} % of the cores \
         {when}, more than {limit} %; the picture is not written"
    );
    Ok(())
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
