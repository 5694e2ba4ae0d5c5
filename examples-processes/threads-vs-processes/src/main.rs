//! What threads and processes cost, measured on your machine.
//!
//! - Run it: `cargo run --release -p threads-vs-processes` for real figures, or
//!   `cargo run -p threads-vs-processes` for a first look
//! - Look for: where the ratio is a thousand, and where it is one.
//! - Python: `threads_vs_processes.py`

#![allow(clippy::cast_precision_loss, reason = "three digits are enough")]

mod channel;
mod child;
mod load;
mod machine;
mod measure;
mod row;
mod rows;
#[cfg(test)]
mod tests;

use std::env::{self, consts};
use std::ffi::{OsStr, OsString};

use anyhow::{Result, bail};
use load::Load;
use process_pool::pool;
use rows::tasks::Task;
use serde_json::json;

const DEBUG: bool = cfg!(debug_assertions);
const BUILD: &str = if DEBUG { "debug" } else { "release" };

fn main() -> Result<()> {
    shared::tidy_output();
    pool::serve::<Task>(); // a worker of a pool stays in here

    let words: Vec<OsString> = env::args_os().skip(1).collect();
    let args = words.join(OsStr::new(" "));
    match args.to_str() {
        Some("") => measure_all(false),
        Some("--json") => measure_all(true), // for the comparison with Python
        // The children are this program, too. An error means that the parent has
        // ended, so there is no process to report it to.
        Some("receiver") => {
            child::receiver(channel::to_parent()?).ok();
            Ok(())
        }
        _ => bail!("expected --json or nothing, not \"{}\"", args.display()),
    }
}

fn measure_all(as_json: bool) -> Result<()> {
    let cores = machine::cores();
    if !as_json {
        let system = format!("{} {}", consts::OS, consts::ARCH);
        println!("{system}, {cores} cores, {BUILD} build");
        println!("± is half the distance between the quartiles.");
        println!("{}", row::heading());
    }
    let mut all_rows = Vec::new();
    for measure in rows::ALL {
        let load = Load::so_far();
        let mut rows = measure()?;
        let others = load.and_then(|load| load.of_others());
        row::withdraw_conclusions(&mut rows, others.unwrap_or_default());
        if !as_json {
            // Of a curve, the table shows both ends.
            let ends = [None, Some(1), Some(cores.max(2))];
            for row in rows.iter().filter(|row| ends.contains(&row.workers)) {
                println!("{row}");
            }
        }
        all_rows.extend(rows);
    }
    if as_json {
        println!("{}", json!({ "build": BUILD, "rows": all_rows }));
    } else if DEBUG {
        println!("(A debug build: for real figures, use --release.)");
    }
    Ok(())
}
