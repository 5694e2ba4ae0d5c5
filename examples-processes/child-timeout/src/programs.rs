//! The programs that `main` runs: this same program in other roles.

use std::io::{self, Read};
use std::process::{self, Command, Stdio};
use std::time::Duration;
use std::{env, thread};

use anyhow::{Context, Result, bail};

/// The command that starts the program with this name. Another program would get
/// `Stdio::null()` as its input; here it is a lifeline.
pub fn command(name: &str) -> Result<Command> {
    let mut command = Command::new(env::current_exe()?);
    command.arg(name).stdin(Stdio::piped());
    Ok(command)
}

/// In a child: plays the program with this name.
pub fn play(name: &str) -> Result<()> {
    match name {
        "quick" => println!("ready"),
        "talkative" => {
            for page in 1..=4 {
                // In all more than a pipe holds, which has to be read meanwhile.
                eprintln!("{}", format!("page {page} ").repeat(4_000));
            }
            process::exit(3);
        }
        "slow" => {
            println!("this will take an hour");
            work_for_an_hour();
        }
        "stubborn" => {
            // The polite request, SIGTERM, is handled by doing nothing.
            ctrlc::set_handler(|| ())?;
            println!("you cannot stop me");
            work_for_an_hour();
        }
        "family" => {
            for _ in 0..2 {
                // It inherits the group, both outputs, and the lifeline.
                Command::new(env::current_exe()?)
                    .arg("helper")
                    .spawn()
                    .context("cannot start a helper")?;
            }
            println!("two helpers are started");
            work_for_an_hour();
        }
        "helper" => work_for_an_hour(),
        _ => bail!("there is no role \"{name}\""),
    }
    Ok(())
}

fn work_for_an_hour() {
    end_with_parent();
    let _span = shared::span("work");
    thread::sleep(Duration::from_secs(3600));
}

/// Ends this process when the one that started it is gone.
fn end_with_parent() {
    thread::spawn(|| {
        let _ = io::stdin().read(&mut [0]);
        process::exit(1);
    });
}
