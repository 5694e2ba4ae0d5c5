//! A lock file lets only one instance run, and several processes change one file.
//!
//! - Run it: `cargo run -p file-lock`
//! - Look for: a lock whose owner is killed is free at once.
//! - Python: `file_lock.py`

mod children;
mod locked;
mod roles;
#[cfg(test)]
mod tests;

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::{env, fs};

use anyhow::{Context, Result, bail, ensure};
use children::spawn_self;
use roles::ADDITIONS;

const ADDERS: usize = 5;

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

fn main() -> Result<()> {
    shared::tidy_output();
    // The children are this same program: a role, and the folder of the files.
    let args: Vec<String> = env::args().skip(1).collect();
    match &args[..] {
        [] => parent(),
        [role, folder] => roles::play(role, folder.as_ref(), ADDITIONS),
        // To see it with more additions, start some adders by hand.
        [role, folder, additions] => {
            roles::play(role, folder.as_ref(), additions.parse()?)
        }
        _ => bail!("there is no role {args:?}"),
    }
}

fn parent() -> Result<()> {
    // Ctrl-C ends the children. This process sees that, and removes the folder.
    ctrlc::set_handler(|| INTERRUPTED.store(true, Ordering::Relaxed))
        .context("cannot handle Ctrl-C")?;
    let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
    let report = demonstrate(folder.path());
    folder.close()?;
    ensure!(
        !INTERRUPTED.load(Ordering::Relaxed),
        "interrupted: not done"
    );
    let lines = report?;
    println!("{}", lines.join("\n"));
    Ok(())
}

/// Returns what is to be printed when the folder is gone.
fn demonstrate(folder: &Path) -> Result<Vec<String>> {
    let mut report = Vec::new();

    // The second instance finds the lock taken. The third gets it, although the
    // first was killed and could not give it back.
    let mut first = spawn_self("instance", folder)?;
    report.push(format!("[first] {}", first.next_line()?));
    let mut second = spawn_self("instance", folder)?;
    report.push(format!("[second] {}", second.next_line()?));
    report.push(format!("[first] Killed: {}", first.kill()?));
    let mut third = spawn_self("instance", folder)?;
    report.push(format!("[third] {}", third.next_line()?));
    drop(third);

    // Five processes want the lock of a file. Its owner is killed in the middle
    // of a change.
    let mut owner = spawn_self("owner", folder)?;
    report.push(format!("[owner] {}", owner.next_line()?));
    let mut adders = Vec::new();
    for _ in 0..ADDERS {
        adders.push(spawn_self("adder", folder)?);
    }
    report.push(format!("[owner] Killed: {}", owner.kill()?));
    shared::waiting("adders");
    for adder in adders {
        let status = adder.wait()?;
        ensure!(status.success(), "an adder ended with {status}");
    }
    let counter = fs::read_to_string(folder.join("counter.txt"))?;
    report.push(format!("{ADDERS} processes added 1 {ADDITIONS} times each"));
    report.push(format!("Counter: {counter}"));
    Ok(report)
}
