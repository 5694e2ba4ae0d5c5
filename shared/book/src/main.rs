//! Builds the chapters and pages of this workspace as a site.
//!
//! - Run it: `cargo book --open`
//! - Look for: `target/book/index.html`, which any browser opens without a server.

use std::path::Path;
use std::process::Command;
use std::{env, process};

use anyhow::{Context, Result, bail, ensure};

const HELP: &str = "\
Builds the chapters as a site, in target/book.

Usage: cargo book [--open]

  --open  shows it in the browser (the variable BROWSER names one)
  --help  prints this
";

fn main() {
    if let Err(error) = run() {
        eprintln!("{error:#}");
        process::exit(1);
    }
}

fn run() -> Result<()> {
    let mut open = false;
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            lexopt::Arg::Long("open") => open = true,
            lexopt::Arg::Short('h') | lexopt::Arg::Long("help") => {
                print!("{HELP}");
                return Ok(());
            }
            _ => return Err(argument.unexpected().into()),
        }
    }
    let here = env::current_dir().context("cannot find the current folder")?;
    let root = here
        .ancestors()
        .find(|folder| folder.join("SUMMARY.md").exists())
        .context("neither this folder nor one above it has a SUMMARY.md")?;
    let site = root.join("target/book");
    book::build(root, &site)?;
    let front = site.join("index.html");
    println!("{}", front.display());
    if open { show(&front) } else { Ok(()) }
}

/// Opens the file in the browser.
fn show(file: &Path) -> Result<()> {
    let mut command = match env::var("BROWSER") {
        Ok(browser) if !browser.is_empty() => Command::new(browser),
        _ if cfg!(windows) => {
            let mut command = Command::new("cmd");
            command.args(["/C", "start", ""]);
            command
        }
        _ if cfg!(target_os = "macos") => Command::new("open"),
        _ => Command::new("xdg-open"),
    };
    let name = command.get_program().display().to_string();
    let status = match command.arg(file).status() {
        Ok(status) => status,
        Err(error) => bail!("cannot start {name}: {error}"),
    };
    ensure!(status.success(), "{name}: {status}");
    Ok(())
}
