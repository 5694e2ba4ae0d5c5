//! A message to another process and back, over four ways, measured on your machine.
//!
//! - Run it: `cargo run --release -p ipc-compared` for real figures, or
//!   `cargo run -p ipc-compared` for a first look
//! - Look for: how much longer 8 bytes take to a process on another core.
//! - Python: `ipc_compared.py`

mod channel;
mod load;
mod machine;
mod measure;
mod memory;
#[cfg(test)]
mod tests;

use std::env;

use anyhow::{Result, bail};
use channel::{MAX_LEN, WAYS};
use load::Load;
use measure::{conclusion, measure};

const DEBUG: bool = cfg!(debug_assertions);
/// The machine is busy if other programs take a larger share of its cores.
const MAX_OTHERS: f64 = 0.05;

fn main() -> Result<()> {
    shared::tidy_output();
    let args: Vec<String> = env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args[..] {
        [] => compare(),
        [way, len, spins, parent] if WAYS.contains(&way) => {
            channel::echo(way, len.parse()?, spins.parse()?, parent.parse()?)
        }
        _ => bail!("expected no arguments, not \"{}\"", args.join(" ")),
    }
}

fn compare() -> Result<()> {
    let placements = machine::placements(); // before it stays on one of them
    println!("A message to another process and back, median time:");
    println!("{:24}{}", "", WAYS.map(|way| format!("{way:>15}")).concat());
    for (name, len, batch) in [("8 bytes", 8, 20), ("1 MiB", MAX_LEN, 1)] {
        for &cores in &placements {
            let load = Load::so_far();
            let times = measure(len, batch, cores)?;
            let others = load.and_then(|load| load.of_others());
            let shown = times.map(|time| format!("{:>15}", format!("{time:.1?}")));
            println!("{:24}{}", format!("{name}, {}", cores.name), shown.concat());
            if others.unwrap_or_default() > MAX_OTHERS {
                println!("    No conclusion: other programs use the cores.");
            } else {
                println!("    {}", conclusion(times));
            }
        }
    }
    if DEBUG {
        println!("(A debug build: for real figures, use --release.)");
    }
    Ok(())
}
