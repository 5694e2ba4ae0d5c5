//! What the children do.

use std::path::Path;
use std::{fs, thread};

use anyhow::{Context, Result, bail};

use crate::{children, locked};

/// How often each adder adds 1.
pub const ADDITIONS: usize = 20;

/// In a child: plays a role with the files in the folder.
pub fn play(role: &str, folder: &Path, additions: usize) -> Result<()> {
    match role {
        "instance" => instance(folder),
        "adder" => adder(folder, additions),
        "owner" => owner(folder),
        _ => bail!("there is no role \"{role}\""),
    }
}

/// Works if no other instance does.
fn instance(folder: &Path) -> Result<()> {
    let lock = locked::only_instance(&folder.join("instance.lock"))?;
    if lock.is_none() {
        println!("Another instance is running, so this one ends");
        return Ok(());
    }
    println!("The only instance");
    let _span = shared::span("the only instance");
    children::wait_for_parent(); // your work
    Ok(())
}

fn adder(folder: &Path, additions: usize) -> Result<()> {
    children::end_with_parent();
    for _ in 0..additions {
        locked::update(&folder.join("counter.txt"), |text| {
            let counter: usize = text.parse().unwrap_or(0);
            (counter + 1).to_string()
        })
        .context("cannot change the counter")?;
    }
    Ok(())
}

/// Gets the lock, and never comes to the end of its change.
fn owner(folder: &Path) -> Result<()> {
    children::end_with_parent();
    locked::update(&folder.join("counter.txt"), |_| {
        let unfinished = folder.join("counter.txt.new");
        fs::write(unfinished, "half of a new tex").expect("the folder is there");
        println!("In the middle of a change, with the lock");
        loop {
            thread::park();
        }
    })?;
    Ok(())
}
