//! What is left of the work of a writer that is killed.

use std::env;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::process::{self, Command, Stdio};

use anyhow::{Context, Result};

use crate::{bank, database};

const COMMITTED: usize = 3; // transfers, and the next one is cut off
const AMOUNT: i64 = 10;

/// Starts a writer and kills it in the middle of a transfer.
pub fn show(path: &Path) -> Result<()> {
    let mut writer = Command::new(env::current_exe()?)
        .arg("writer")
        .arg(path)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot start the writer")?;
    let _lifeline = writer.stdin.take(); // see `writer`
    let stdout = writer.stdout.take().expect("it is a pipe");
    shared::waiting("writer");
    for line in BufReader::new(stdout).lines().take(COMMITTED + 1) {
        println!("[writer] {}", line?);
    }
    writer.kill()?;
    let status = writer.wait().context(
        "cannot wait for the writer (is SIGCHLD ignored? \
         Then put `env --default-signal=CHLD` before the command)",
    )?;
    println!("The writer ended with {status}");

    let database = database::open(path)?;
    let alice = bank::balance(&database, "alice")?;
    let bob = bank::balance(&database, "bob")?;
    println!("Alice has {alice}, Bob has {bob}");
    Ok(())
}

/// The work of the writer, in a process of its own.
pub fn writer() -> Result<()> {
    let path = env::args_os().nth(2).context("expected the database")?;
    let mut database = database::open(Path::new(&path))?;
    for transfer in 1.. {
        database::change(&mut database, |database| {
            let alice = bank::balance(database, "alice")?;
            bank::set_balance(database, "alice", alice - AMOUNT)?;
            if transfer > COMMITTED {
                println!("Transfer {transfer} half done");
                wait_for_kill();
            }
            let bob = bank::balance(database, "bob")?;
            bank::set_balance(database, "bob", bob + AMOUNT)
        })?;
        println!("Transfer {transfer} committed");
    }
    Ok(())
}

/// Nothing is ever written into the lifeline, so this returns only when the parent
/// is gone, and then the writer ends as well.
fn wait_for_kill() {
    let _ = io::stdin().read(&mut [0]);
    process::exit(1);
}
