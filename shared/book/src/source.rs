//! A page for each source file that a page links to: the whole file, highlighted.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::stage::{Page, Stage};
use crate::{escaped, finish, markdown, read, write};

const TEMPLATE: &str = include_str!("../theme/source.html");

/// Writes the pages of all files that are linked to.
pub fn pages(stage: &Stage, site: &Path) -> Result<()> {
    let script = site.join("theme/source.js");
    write(&script, include_str!("../theme/source.js"))?;
    let files = stage.linked();
    let mut of_chapters: BTreeMap<&str, Vec<&PathBuf>> = BTreeMap::new();
    for file in &files {
        if let Some(page) = stage.owner(file) {
            of_chapters.entry(&page.name).or_default().push(file);
        }
    }
    for file in &files {
        let text = read(&stage.root.join(file))?;
        let place = stage.place(file);
        let root = "../".repeat(place.matches('/').count());
        let language = match file.extension().and_then(|ending| ending.to_str()) {
            Some("toml") => "toml",
            _ => finish::language(file).unwrap_or("plaintext"),
        };
        let mut numbers = String::new();
        for number in 1..=text.lines().count() {
            writeln!(numbers, "<span id=\"L{number}\">{number}</span>")?;
        }
        let links = match stage.owner(file) {
            None => format!("<a href=\"{root}index.html\">← The book</a>"),
            Some(page) => {
                links(stage, page, &of_chapters[&*page.name], file, &root)?
            }
        };
        let values = [
            ("{{links}}", links.as_str()),
            ("{{root}}", &root),
            ("{{file}}", &escaped(&file.display().to_string())),
            ("{{language}}", language),
            ("{{numbers}}", numbers.trim_end()),
            // Last: a file may contain anything.
            ("{{text}}", &escaped(&text)),
        ];
        let mut html = TEMPLATE.to_owned();
        for (name, value) in values {
            html = html.replace(name, value);
        }
        write(&site.join(format!("{place}.html")), html)?;
    }
    Ok(())
}

/// Links to the chapter and to its other files.
fn links(
    stage: &Stage,
    page: &Page,
    files: &[&PathBuf],
    this: &Path,
    root: &str,
) -> Result<String> {
    let mut links =
        format!("<a href=\"{root}{}.html\">← The chapter</a>", page.name);
    for other in files.iter().filter(|file| **file != this) {
        let (place, label) = (stage.place(other), markdown::label(page, other));
        write!(links, "\n<a href=\"{root}{place}.html\">{label}</a>")?;
    }
    Ok(links)
}
