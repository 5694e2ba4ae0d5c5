//! A page for each source file that a page links to: the whole file, highlighted.

use std::fmt::Write;
use std::path::Path;

use anyhow::Result;

use crate::stage::Stage;
use crate::{escaped, finish, markdown, read, write};

const TEMPLATE: &str = include_str!("../theme/source.html");

/// Writes the pages of all files that are linked to.
pub fn pages(stage: &Stage, site: &Path) -> Result<()> {
    let script = site.join("theme/source.js");
    write(&script, include_str!("../theme/source.js"))?;
    for file in stage.linked() {
        let text = read(&stage.root.join(&file))?;
        let place = stage.place(&file);
        let root = "../".repeat(place.matches('/').count());
        let language = match file.extension().and_then(|ending| ending.to_str()) {
            Some("toml") => "toml",
            _ => finish::language(&file).unwrap_or("plaintext"),
        };
        let mut numbers = String::new();
        for number in 1..=text.lines().count() {
            writeln!(numbers, "<span id=\"L{number}\">{number}</span>")?;
        }
        let links = links(stage, &file, &root)?;
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

/// Links to the chapter and to its other files, or to the front page.
fn links(stage: &Stage, file: &Path, root: &str) -> Result<String> {
    let Some(page) = stage.owner(file) else {
        return Ok(format!("<a href=\"{root}index.html\">← The book</a>"));
    };
    let mut links =
        format!("<a href=\"{root}{}.html\">← The chapter</a>", page.name);
    for other in stage.linked() {
        let of_page = stage.owner(&other).is_some_and(|o| o.name == page.name);
        if of_page && other != file {
            let (place, label) =
                (stage.place(&other), markdown::label(page, &other));
            write!(links, "\n<a href=\"{root}{place}.html\">{label}</a>")?;
        }
    }
    Ok(links)
}
