//! A page for each source file that a page links to: the whole file, highlighted.

use std::fmt::Write;
use std::path::Path;

use anyhow::Result;

use crate::stage::Stage;
use crate::{escaped, finish, read, write};

const TEMPLATE: &str = include_str!("../theme/source.html");

/// Writes the pages of all files that are linked to.
pub fn pages(stage: &Stage, site: &Path) -> Result<()> {
    let script = site.join("theme/source.js");
    write(&script, include_str!("../theme/source.js"))?;
    for file in stage.linked() {
        let text = read(&stage.root.join(&file))?;
        let place = stage.place(&file);
        let root = "../".repeat(place.matches('/').count());
        let owner = stage.pages.iter().find(|page| {
            page.example.is_some()
                && page
                    .file
                    .parent()
                    .is_some_and(|folder| file.starts_with(folder))
        });
        let (back, back_to) = match owner {
            Some(page) => (page.name.as_str(), "← Back to the chapter"),
            None => ("index", "← Back to the book"),
        };
        let language = match file.extension().and_then(|ending| ending.to_str()) {
            Some("toml") => "toml",
            _ => finish::language(&file).unwrap_or("plaintext"),
        };
        let mut numbers = String::new();
        for number in 1..=text.lines().count() {
            writeln!(
                numbers,
                "<a id=\"L{number}\" href=\"#L{number}\">{number}</a>"
            )?;
        }
        let values = [
            ("{{root}}", root.as_str()),
            ("{{back}}", back),
            ("{{back_to}}", back_to),
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
