//! Rewrites a chapter for the site: its links, and what stands above its code.

use std::fmt::Write;
use std::path::{Component, Path, PathBuf};
use std::sync::LazyLock;

use anyhow::{Result, bail};
use regex::{Captures, Regex};

use crate::stage::{Page, Stage};
use crate::{origin, replaced};

/// Code, or `[text](target)`, or `![text](target)`.
static LINK: LazyLock<Regex> = LazyLock::new(|| {
    let link = r"`[^`]*`|(!?\[[^\]]*\])\(([^)\s]+)\)";
    Regex::new(link).expect("it is one")
});

/// The name of a file as code that is not the text of a link.
static NAME: LazyLock<Regex> = LazyLock::new(|| {
    let name = r"(^|[^\[`])`([\w./-]+\.(?:rs|py|toml|txt))`";
    Regex::new(name).expect("it is one")
});

/// The text of a page, as mdBook gets it.
pub fn rewrite(stage: &Stage, page: &Page, text: &str) -> Result<String> {
    let mut rewritten = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some(language) = line.trim_start().strip_prefix("```") else {
            rewritten += &prose(stage, page, line)?;
            rewritten.push('\n');
            continue;
        };
        let indent = &line[..line.len() - line.trim_start().len()];
        let mut code = String::new();
        for line in lines.by_ref() {
            if line.trim() == "```" {
                break;
            }
            code.extend([line, "\n"]);
        }
        if let Some((file, number)) = origin(stage, page, language, &code) {
            // A block of HTML ends at an empty line.
            let link = stage.source_page(&file);
            let label = label(page, &file);
            writeln!(
                rewritten,
                "{indent}<div class=\"origin\"><a href=\"{link}#L{number}\">\
                 {label}</a></div>\n"
            )?;
        }
        writeln!(rewritten, "{line}\n{code}{indent}```")?;
    }
    Ok(rewritten)
}

/// How a page calls a file: from its own folder if it stands there.
pub fn label(page: &Page, file: &Path) -> String {
    let folder = page.file.parent().unwrap_or(Path::new(""));
    let near = file.strip_prefix(folder).unwrap_or(file);
    near.display().to_string()
}

/// The file that the code is from, and the line at which it begins there.
fn origin(
    stage: &Stage,
    page: &Page,
    language: &str,
    code: &str,
) -> Option<(PathBuf, usize)> {
    let ending = match language.trim() {
        "rust" => "rs",
        "python" => "py",
        "text" => "txt",
        _ => return None,
    };
    let folder = match &page.example {
        Some(_) => page.file.parent()?,
        None => Path::new(""),
    };
    stage
        .sources_below(folder)
        .filter(|(file, _)| file.extension().is_some_and(|there| there == ending))
        .find_map(|(file, text)| Some((file.clone(), origin::line(code, text)?)))
}

/// A line outside of code.
fn prose(stage: &Stage, page: &Page, line: &str) -> Result<String> {
    let linked = replaced(&LINK, line, |found| {
        if found[0].starts_with('`') {
            return Ok(found[0].to_owned());
        }
        let target = target(stage, page, &found[2])?;
        Ok(format!("{}({target})", &found[1]))
    })?;
    if line.starts_with('#') {
        return Ok(linked);
    }
    // The name of a file of this example leads to the file.
    let folder = page.file.parent().unwrap_or(Path::new(""));
    let named = NAME.replace_all(&linked, |found: &Captures| {
        let file = folder.join(&found[2]);
        if page.example.is_none() || !stage.sources.contains_key(&file) {
            return found[0].to_owned();
        }
        let link = stage.source_page(&file);
        format!("{}[`{}`]({link})", &found[1], &found[2])
    });
    Ok(named.into_owned())
}

/// Where a link leads on the site.
fn target(stage: &Stage, page: &Page, link: &str) -> Result<String> {
    if link.contains("://") || link.starts_with('#') {
        return Ok(link.to_owned());
    }
    let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
    let anchor = if anchor.is_empty() {
        String::new()
    } else {
        format!("#{anchor}")
    };
    let folder = page.file.parent().unwrap_or(Path::new(""));
    let file = normal(&folder.join(path));
    let of_folder = stage.page(&file.join("README.md"));
    if let Some(page) = stage.page(&file).or(of_folder) {
        return Ok(format!("{}.md{anchor}", page.name));
    }
    if file.ends_with("SUMMARY.md") {
        return Ok("index.md".into());
    }
    if stage.root.join(&file).is_file() {
        let ending = file.extension().and_then(|ending| ending.to_str());
        if matches!(ending, Some("svg" | "png" | "jpg")) {
            return Ok(stage.picture(&file));
        }
        return Ok(stage.source_page(&file) + &anchor);
    }
    bail!("the link {link} leads nowhere")
}

/// The path without `..`.
fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                normal.pop();
            }
            Component::CurDir => {}
            part => normal.push(part),
        }
    }
    normal
}
