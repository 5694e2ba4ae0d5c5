//! Starts a process, waits for it, and looks at how it ended.
//!
//! - Run it: `cargo run -p print-numbers-process`
//! - Look for: the parent's line comes last: it waited for its child.
//! - Python: `print_numbers_process.py`

use std::io::{self, Read, Write};
use std::process::{self, Command, ExitCode, Stdio};
use std::time::Duration;
use std::{env, thread};

use anyhow::{Context, Result, ensure};

/// The first argument of this program when it is the child.
const ROLE: &str = "print-numbers";

/// Stands for the work that makes a number.
const WORK: Duration = Duration::from_millis(100);

fn main() -> ExitCode {
    shared::tidy_output();
    // The role comes first: a child that went on as a parent would start a child.
    let result = match env::args_os().nth(1) {
        None => start_and_wait(),
        Some(role) if role == ROLE => {
            print_numbers();
            Ok(())
        }
        Some(other) => {
            eprintln!("expected no argument, not \"{}\"", other.display());
            return ExitCode::from(2);
        }
    };
    if let Err(error) = result {
        let _ = writeln!(io::stderr(), "{error:#}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// The parent: starts this same program again, in its other role.
fn start_and_wait() -> Result<()> {
    let mut child = Command::new(env::current_exe()?)
        .arg(ROLE)
        .stdin(Stdio::piped())
        .spawn()
        .context("cannot start the child")?;

    // Nobody writes into this pipe. It ends when this process does, however that
    // happens. (`wait` would close it at once, so it is taken out.)
    let _lifeline = child.stdin.take();

    shared::waiting("child");
    let status = child.wait().context("cannot wait for the child")?;
    ensure!(status.success(), "the child ended with {status}");
    println!("Main process finished");
    Ok(())
}

/// The child: it begins here, with nothing from its parent but the argument.
fn print_numbers() {
    // The `read` returns when the parent is gone: this process then ends too.
    thread::spawn(|| {
        let _ = io::stdin().read(&mut [0]);
        process::exit(1);
    });

    for number in 0..5 {
        let _span = shared::span(format_args!("number {number}"));
        thread::sleep(WORK);
        println!("Process: {number}");
    }
}
