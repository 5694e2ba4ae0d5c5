//! Puts into the pages that mdBook made what Markdown cannot say.

use std::fmt::Write;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use regex::Regex;

use crate::stage::{Page, Stage};
use crate::{escaped, markdown, read, replaced, timeline, write};

/// What is changed in the frame that mdBook puts around every page. Its title and
/// its help would be headings above the page's own; the switch of the sidebar
/// cannot be reached with the keyboard; and only two of its themes are tested here.
const FRAME: &[(&str, &str)] = &[
    (
        r#"<h1 class="menu-title">(.*)</h1>"#,
        r#"<a class="menu-title" href="index.html">$1</a>"#,
    ),
    (
        r#"<h2 class="mdbook-help-title">(.*)</h2>"#,
        r#"<p class="mdbook-help-title">$1</p>"#,
    ),
    (
        r#"<label id="mdbook-sidebar-toggle""#,
        r#"<label id="mdbook-sidebar-toggle" role="button" tabindex="0""#,
    ),
    (
        r#"<li role="none"><button [^>]*-theme-(?:rust|coal|ayu)">.*</li>\s*"#,
        "",
    ),
    (r#"(id="mdbook-theme-navy">)Navy<"#, "${1}Dark<"),
    // No such element is there.
    (r#" aria-describedby="searchresults-header""#, ""),
];

/// Finishes all pages of the site.
pub fn pages(stage: &Stage, site: &Path) -> Result<()> {
    let mut frame = Vec::new();
    for (pattern, replacement) in FRAME {
        frame.push((Regex::new(pattern)?, *replacement));
    }
    // mdBook makes a picture that grows when it is clicked on.
    let picture = Regex::new(concat!(
        r#"<p><label class="checkbox-label">.*?<img src="([^"]*timeline\.svg)" "#,
        r#"alt="([^"]*)">.*?</label></p>"#,
    ))?;
    let others = ["404", "print"].map(|name| (name, None));
    let pages = stage
        .pages
        .iter()
        .map(|page| (page.name.as_str(), Some(page)));
    for (name, page) in pages.chain(others) {
        let file = site.join(format!("{name}.html"));
        let mut html = read(&file)?;
        for (pattern, replacement) in &frame {
            let found = pattern.is_match(&html);
            ensure!(found, "{name}.html: mdBook does not write {pattern}");
            html = pattern.replace_all(&html, *replacement).into_owned();
        }
        if let Some(page) = page {
            html = with_timelines(&picture, &html, site)?;
            if page.example.is_some() {
                html = with_program(stage, page, &html)?;
            }
        }
        write(&file, html)?;
    }
    Ok(())
}

/// Puts the timelines themselves where links to them stood.
fn with_timelines(picture: &Regex, html: &str, site: &Path) -> Result<String> {
    let html = replaced(picture, html, |found| {
        let svg = read(&site.join(&found[1]))?;
        timeline::figure(&svg, &found[1], &found[2])
    })?;
    let left = html.contains("timeline.svg\" alt=");
    ensure!(!left, "mdBook writes pictures differently");
    Ok(html)
}

/// Puts the whole program, in Rust and in Python, at the end of "From Python".
fn with_program(stage: &Stage, page: &Page, html: &str) -> Result<String> {
    let section = html
        .find(r#"<h2 id="from-python">"#)
        .context("the chapter has no section \"From Python\"")?;
    let behind = section + 1;
    let end = ["<h2 ", "<hr", "</main>"]
        .iter()
        .filter_map(|tag| html[behind..].find(tag))
        .min()
        .context("the page has no end")?;
    let (before, after) = html.split_at(behind + end);
    Ok(format!("{before}{}{after}", program(stage, page)?))
}

/// The files of a program, one below the other. A script makes tabs of them.
fn program(stage: &Stage, page: &Page) -> Result<String> {
    let folder = page.file.parent().context("a page stands in a folder")?;
    let mut files: Vec<_> = stage
        .sources_below(folder)
        .filter(|(file, _)| {
            file.parent() == Some(folder) || file.starts_with(folder.join("src"))
        })
        .filter(|(file, _)| !file.ends_with("src/tests.rs"))
        .filter_map(|(file, text)| Some((file, text, language(file)?)))
        .collect();
    // `src/main.rs` first, and Python last.
    files.sort_by_key(|(file, _, language)| {
        (*language, !file.ends_with("src/main.rs"), *file)
    });
    files.sort_by_key(|(.., language)| *language == "python");
    let mut html = String::from(
        "<div class=\"program\"><p>The whole program, in Rust and in Python:</p>\n",
    );
    for (file, text, language) in files {
        let label = markdown::label(page, file);
        let link = stage.source_page(file);
        let code = escaped(text);
        writeln!(
            html,
            "<section class=\"file\" data-language=\"{language}\" \
             data-name=\"{label}\" aria-label=\"{label}\">\
             <div class=\"origin\"><a href=\"{link}\">{label}</a></div>\
             <pre><code class=\"language-{language}\">{code}</code></pre></section>"
        )?;
    }
    Ok(html + "</div>\n")
}

/// The language of a program's file.
pub fn language(file: &Path) -> Option<&'static str> {
    match file.extension()?.to_str()? {
        "rs" => Some("rust"),
        "py" => Some("python"),
        _ => None,
    }
}
