//! The book: the chapters of this workspace as a site.
//!
//! 1. [`stage`] copies the chapters into a folder for mdBook, with links that fit
//!    the site, and says above each piece of code which file it is from.
//! 2. `mdbook-driver` makes a page of each.
//! 3. [`finish`] puts into each page what Markdown cannot say: the whole program in
//!    tabs, and the timeline as a picture that can be looked into.
//! 4. [`source`] makes a page of each source file that is linked to.

mod finish;
mod markdown;
pub mod origin;
mod source;
mod stage;
pub mod timeline;

use std::path::Path;
use std::str::FromStr;
use std::{fs, io};

use anyhow::{Context, Result};
use mdbook_driver::MDBook;
use mdbook_driver::config::Config;
use regex::{Captures, Regex};

pub use stage::{Page, Stage};

/// Builds the site of the workspace at `root` in the folder `site`, and replaces
/// what stands there. Returns what it was made from.
///
/// # Errors
///
/// When a file cannot be read or written, or a link leads nowhere.
pub fn build(root: &Path, site: &Path) -> Result<Stage> {
    let mut staging = site.as_os_str().to_owned();
    staging.push("-pages");
    let staging = Path::new(&staging);
    clear(staging)?;
    let stage = Stage::fill(root, staging)?;

    let config = Config::from_str(include_str!("../book.toml"))
        .context("shared/book/book.toml")?;
    let mut book = MDBook::load_with_config(staging, config)?;
    site.clone_into(&mut book.config.build.build_dir);
    book.build()?;

    finish::pages(&stage, site)?;
    source::pages(&stage, site)?;
    Ok(stage)
}

/// Makes the folder, or empties it.
fn clear(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => fs::create_dir_all(folder),
    }
    .with_context(|| format!("cannot empty {}", folder.display()))
}

/// The text with everything replaced that a pattern finds.
fn replaced(
    pattern: &Regex,
    text: &str,
    replacement: impl Fn(&Captures) -> Result<String>,
) -> Result<String> {
    let mut replaced = String::new();
    let mut end = 0;
    for found in pattern.captures_iter(text) {
        let place = found.get_match();
        replaced += &text[end..place.start()];
        replaced += &replacement(&found)?;
        end = place.end();
    }
    Ok(replaced + &text[end..])
}

/// The text as it is written in HTML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// Reads a file, or says which one cannot be read.
fn read(file: &Path) -> Result<String> {
    fs::read_to_string(file)
        .with_context(|| format!("cannot read {}", file.display()))
}

/// Writes a file and the folders above it.
fn write(file: &Path, text: impl AsRef<[u8]>) -> Result<()> {
    let folder = file.parent().unwrap_or(file);
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(file, text))
        .with_context(|| format!("cannot write {}", file.display()))
}
