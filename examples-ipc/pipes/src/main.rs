//! Bytes through pipes: one way, both ways, and the deadlock when both sides write.
//!
//! - Run it: `cargo run -p pipes`, or with a size of your own:
//!   `cargo run -p pipes -- 100000` or `-- 64MiB`
//! - Look for: where it gets stuck, and that the same bytes pass in the line below.
//! - Python: `pipes.py`

mod exchange;
mod filter;
mod message;
mod stuck;
#[cfg(test)]
mod tests;
mod two_way;

use std::env;
use std::fmt::Display;
use std::io::{self, ErrorKind, Write};
use std::process::{Child, Command, ExitCode, Stdio};

use anyhow::{Context, Result, ensure};

fn main() -> ExitCode {
    shared::tidy_output();
    let args = env::args_os()
        .skip(1)
        .map(|arg| arg.to_string_lossy().into_owned());
    let args: Vec<String> = args.collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let (role, size) = match args[..] {
        [] => ("", "1MiB"),
        [role @ ("answer" | "echo" | "leave")] => (role, "0"),
        [role @ ("send" | "get-stuck"), size] => (role, size),
        [size] => ("", size),
        [_, other, ..] => {
            eprintln!("unexpected argument \"{other}\"");
            return ExitCode::from(2);
        }
    };
    let Some(size) = bytes(size) else {
        eprintln!("expected at most 256MiB, as 100000 or 64MiB, not \"{size}\"");
        return ExitCode::from(2);
    };
    let result = match role {
        "send" => message::send(&mut io::stdout().lock(), &input(size))
            .context("cannot send to the parent"),
        "answer" => exchange::answer(),
        "echo" => filter::echo(),
        "get-stuck" => start_echo()
            .and_then(|other| stuck::make_the_mistake(other, &input(size))),
        "leave" => Ok(()),
        _ => show(size),
    };
    if let Err(error) = result {
        let _ = writeln!(io::stderr(), "{error:#}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

fn show(size: usize) -> Result<()> {
    let came = exchange::one_way(size).context("one way")?;
    say(format_args!("One way, over a pipe: {came} bytes came"))?;

    let came = exchange::both_ways(size).context("both ways")?;
    let link = if cfg!(unix) {
        "a socket pair"
    } else {
        "two pipes"
    };
    say(format_args!(
        "Both ways, over {link}: {came} bytes came back"
    ))?;

    let stuck = stuck::watch(again("get-stuck", Some(size))?)?;
    let stuck = stuck.map_or(format!("{size} bytes came back"), |written| {
        format!("stuck after {written} of {size} bytes")
    });
    say(format_args!("Write everything, then read: {stuck}"))?;

    let output = filter::write_and_read(start_echo()?, &input(size))?;
    ensure!(output == input(size), "other bytes came back");
    say(format_args!(
        "Read while a thread writes: {} bytes came back",
        output.len()
    ))?;

    let error = exchange::write_to_nobody(size)?;
    say(format_args!("To a child that is gone: {}", error.kind()))
}

/// A command that runs this program again in the given role.
fn again(role: &str, size: Option<usize>) -> Result<Command> {
    let mut command = Command::new(env::current_exe()?);
    command.arg(role).args(size.map(|size| size.to_string()));
    Ok(command)
}

fn start_echo() -> Result<Child> {
    let mut command = again("echo", None)?;
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped());
    command.spawn().context("cannot start a child")
}

/// What is sent: every byte has its place, so nothing may be missing or twice.
fn input(size: usize) -> Vec<u8> {
    let mut bytes: Vec<u8> = (0..=250).collect(); // a prime number of them
    bytes = bytes.repeat(size / bytes.len() + 1);
    bytes.truncate(size);
    bytes
}

/// A number of bytes, or of MiB.
fn bytes(size: &str) -> Option<usize> {
    let (number, unit) = size
        .strip_suffix("MiB")
        .map_or((size, 1), |number| (number, 1024 * 1024));
    let bytes = number.parse::<usize>().ok()?.checked_mul(unit)?;
    (bytes as u64 <= message::LONGEST).then_some(bytes)
}

/// Prints a line. Goes on when nobody reads it (`| head -1`).
fn say(line: impl Display) -> Result<()> {
    match writeln!(io::stdout(), "{line}") {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(error).context("cannot print")
        }
        _ => Ok(()),
    }
}
