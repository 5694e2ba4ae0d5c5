//! The book is whole: every link and anchor of the built site leads somewhere, its
//! code is the code of the files, nothing is loaded from elsewhere, and the pages
//! can be used with every kind of browser and reader.
//!
//! What only a browser can say is in `book/browser.rs`.

mod browser;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use book::Stage;
use libtest_mimic::{Failed, Trial};
use regex::Regex;
use support::program::files;
use support::{Checked, ensure, root, trial};

/// The most that a page may weigh with everything that it loads.
const HEAVIEST: u64 = 1 << 20;

/// What a trial checks of the site.
type Check = fn(&Site) -> Checked;

pub fn trials() -> Vec<Trial> {
    let mut trials = browser::trials();
    let checks: [(&str, Check); 9] = [
        ("every link and anchor leads somewhere", links),
        ("all code is that of the files", code),
        ("each piece of code says which file it is from", origins),
        ("nothing is loaded from elsewhere", nothing_from_elsewhere),
        ("the headings of a page are in order", headings),
        ("every picture has a text", pictures),
        ("every table has a head", tables),
        ("no page is too heavy", weights),
        ("every bar of a timeline says what it is", bars),
    ];
    for (promise, check) in checks {
        trials.push(trial(format!("book: {promise}"), move || check(site()?)));
    }
    trials.extend([
        trial("book: an excerpt begins at its first line", excerpts),
        trial("book: a picture's style holds for it alone", scoped_style),
        trial("book: what a run printed stands below its picture", printed),
    ]);
    trials
}

fn excerpts() -> Checked {
    const FILE: &str = "use x;\n\nfn main() {\n    let a = 1;\n    let b = 2;\n}\n";
    for (excerpt, line) in [
        ("use x;", Some(1)),
        ("let a = 1;\nlet b = 2;\n", Some(4)),
        ("fn main() {\n// ...\nlet b = 2;\n", Some(3)),
        ("let b = 2;\n// ...\nlet a = 1;\n", None),
        ("let a = 1;\n}\n", None),
        ("", None),
    ] {
        let found = book::origin::line(excerpt, FILE);
        ensure(found == line, || format!("{excerpt}: {found:?}"))?;
    }
    Ok(())
}

/// A small picture, as `cargo timeline` writes it.
const SVG: &str = "<svg xmlns='x' viewBox='0 0 9 4' width='9' height='4' \
    role='img' aria-label='Timeline'>\n<style>\ntext { fill: red; }\n</style>\n\
    <g><title>works</title></g>\n";

fn scoped_style() -> Checked {
    let svg = format!("{SVG}</svg>\n");
    let figure = book::timeline::figure(&svg, "a/timeline.svg", "Two lanes")?;
    for part in [
        "<style>.timeline svg { text { fill: red; } }</style>",
        "aria-label=\"Two lanes\"><g><title>works</title></g>",
    ] {
        ensure(figure.contains(part), || format!("no {part} in {figure}"))?;
    }
    ensure(!figure.contains("<details>"), || figure.clone())?;
    let refused = book::timeline::figure("<svg></svg>", "", "").is_err();
    ensure(refused, || "what is no timeline is taken".into())
}

fn printed() -> Checked {
    let svg = format!(
        "{SVG}<metadata data-begin='9' data-end='90' data-duration='2'>\n\
         0 [a] &lt;1&gt;\n1234567890 [b] two words\n20 \n</metadata>\n</svg>\n"
    );
    let figure = book::timeline::figure(&svg, "", "")?;
    for part in [
        "data-begin='9' data-end='90' data-duration='2'>",
        "<li data-at=\"0\"><span class=\"time\">0.000 s</span> [a] &lt;1&gt;</li>",
        "<li data-at=\"1234567890\"><span class=\"time\">1.234 s</span> [b] two w",
        "<li data-at=\"20\"><span class=\"time\">0.000 s</span> </li>",
    ] {
        ensure(figure.contains(part), || format!("no {part} in {figure}"))?;
    }
    ensure(!figure.contains("metadata"), || figure.clone())
}

/// The built site.
struct Site {
    folder: PathBuf,
    /// What it was made from: pages, source files.
    pages: Vec<(String, String, bool)>,
    sources: BTreeMap<PathBuf, String>,
    /// All its pages of HTML, by their paths in the folder.
    html: BTreeMap<String, String>,
}

/// The site, built once for all trials.
fn site() -> Result<&'static Site, Failed> {
    static SITE: LazyLock<Result<Site, String>> = LazyLock::new(|| {
        let folder = PathBuf::from(concat!(env!("CARGO_TARGET_TMPDIR"), "/book"));
        let stage = book::build(root(), &folder)
            .map_err(|error| format!("the site cannot be built: {error:#}"))?;
        Ok(Site::read(stage, folder))
    });
    Ok(SITE.as_ref().map_err(String::clone)?)
}

impl Site {
    fn read(stage: Stage, folder: PathBuf) -> Self {
        let mut html = BTreeMap::new();
        for file in files(&folder) {
            if file.extension().is_some_and(|ending| ending == "html") {
                let name = file.strip_prefix(&folder).expect("it is inside");
                let name = name.to_string_lossy().replace('\\', "/");
                let text = fs::read_to_string(&file).expect("the page can be read");
                html.insert(name, text);
            }
        }
        let mut pages = Vec::new();
        for page in stage.pages {
            let file = page.file.to_string_lossy().into_owned();
            pages.push((page.name, file, page.example.is_some()));
        }
        Self {
            folder,
            pages,
            sources: stage.sources,
            html,
        }
    }

    /// The pages of the book, with the HTML of what they say.
    fn contents(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pages.iter().map(|(name, ..)| {
            let html = &self.html[&format!("{name}.html")];
            let (_, main) = html.split_once("<main>").expect("a page has a main");
            let (main, _) = main.split_once("</main>").expect("and its end");
            (name.as_str(), main)
        })
    }
}

/// The tags of a page, with their attributes, without those that a script builds.
fn tags(html: &str) -> impl Iterator<Item = &str> {
    let mut script = false;
    html.split('<').skip(1).filter_map(move |piece| {
        if script && !piece.starts_with("/script") {
            return None;
        }
        script = piece.starts_with("script");
        piece.split('>').next()
    })
}

/// The value of an attribute of a tag.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let (before, rest) = tag.split_once(&format!("{name}="))?;
    if !before.ends_with([' ', '\n']) {
        return None;
    }
    let quote = rest.chars().next().filter(|first| "\"'".contains(*first))?;
    let (value, _) = rest[1..].split_once(quote)?;
    Some(unescaped(value))
}

/// What a tag loads or leads to.
fn target(tag: &str) -> Option<String> {
    attribute(tag, "href").or_else(|| attribute(tag, "src"))
}

fn links(site: &Site) -> Checked {
    let mut ids = BTreeMap::new();
    for (name, html) in &site.html {
        let there: BTreeSet<String> =
            tags(html).filter_map(|tag| attribute(tag, "id")).collect();
        ids.insert(name.clone(), there);
    }
    let mut broken = Vec::new();
    let mut count = 0;
    for (name, html) in &site.html {
        for link in tags(html).filter_map(target) {
            if link.contains("://") {
                continue;
            }
            count += 1;
            let (path, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let target = if path.is_empty() {
                name.clone()
            } else {
                resolved(name, path)
            };
            let exists = site.folder.join(&target).is_file() || path == "/";
            let found = anchor.is_empty()
                || ids.get(&target).is_some_and(|ids| ids.contains(anchor));
            if !exists || !found {
                broken.push(format!("{name}: {link}"));
            }
        }
    }
    ensure(count > 1000, || format!("only {count} links were found"))?;
    ensure(broken.is_empty(), || format!("{broken:#?}"))
}

/// The path from the folder of the site.
fn resolved(page: &str, link: &str) -> String {
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    for part in link.split('/') {
        match part {
            ".." => drop(parts.pop()),
            "." => {}
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// The text that HTML stands for.
fn unescaped(html: &str) -> String {
    html.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&#x27;", "'")
        .replace("&amp;", "&")
}

/// The code that stands first in a piece of HTML.
fn first_code(html: &str) -> Option<String> {
    let (_, code) = html.split_once("<pre")?.1.split_once("<code")?;
    let (_, code) = code.split_once('>')?;
    Some(unescaped(code.split_once("</code></pre>")?.0))
}

/// The pages of source files, and the programs in the chapters, are the files.
fn code(site: &Site) -> Checked {
    let mut wrong = Vec::new();
    let mut programs = 0;
    for (name, file, example) in &site.pages {
        if !example {
            continue;
        }
        let folder = Path::new(file).parent().unwrap_or(Path::new(""));
        let mut languages = BTreeSet::new();
        let html = &site.html[&format!("{name}.html")];
        for section in html.split("<section ").skip(1) {
            let file = attribute(section, "data-name").ok_or("a nameless file")?;
            let file = folder.join(file);
            if first_code(section).as_ref() != site.sources.get(&file) {
                wrong.push(format!("{name}: {}", file.display()));
            }
            languages.extend(file.extension().map(ToOwned::to_owned));
            programs += 1;
        }
        if languages.len() != 2 {
            wrong.push(format!("{name}: only in {languages:?}"));
        }
    }
    let mut files = 0;
    for (name, html) in site.html.iter().filter(|(name, _)| name.contains('/')) {
        let (_, file) = html.split_once("<title>").ok_or("a page without title")?;
        let (file, _) = file.split_once('<').ok_or("a title without an end")?;
        let text = fs::read_to_string(root().join(unescaped(file)))?;
        if first_code(html) != Some(text) {
            wrong.push(format!("{name}: {file}"));
        }
        files += 1;
    }
    ensure(programs > 100 && files > 100, || {
        format!("only {programs} files in chapters, {files} pages of files")
    })?;
    ensure(wrong.is_empty(), || {
        format!("not as in the file: {wrong:#?}")
    })
}

/// Rust and Python in a chapter is always from a file, as `chapters.rs` proves; so
/// the page names one.
fn origins(site: &Site) -> Checked {
    let fence = Regex::new(r"(?m)^ *```(rust|python|text)$")?;
    let mut wrong = Vec::new();
    for (name, html) in site.contents() {
        let (_, file, _) =
            site.pages.iter().find(|(n, ..)| n == name).ok_or(name)?;
        let fences = fence
            .find_iter(&fs::read_to_string(root().join(file))?)
            .count();
        let sections = html.matches("<section class=\"file\"").count();
        let named = html.matches("<div class=\"origin\">").count() - sections;
        if fences != named {
            wrong.push(format!("{name}: {fences} fences, {named} names"));
        }
    }
    ensure(wrong.is_empty(), || format!("{wrong:#?}"))
}

fn nothing_from_elsewhere(site: &Site) -> Checked {
    let styles = Regex::new(r#"@import|url\(\s*["']?(?:https?:)?//"#)?;
    let mut wrong = Vec::new();
    for (name, html) in &site.html {
        for tag in tags(html).filter(|tag| !tag.starts_with("a ")) {
            if target(tag).is_some_and(|loaded| loaded.contains("//")) {
                wrong.push(format!("{name}: {tag}"));
            }
        }
        // It asks the playground which crates it has.
        if html.contains("class=\"playground\"") {
            wrong.push(format!("{name}: a playground"));
        }
    }
    let mut count = 0;
    for file in files(&site.folder) {
        if file
            .extension()
            .is_some_and(|ending| ending == "css" || ending == "svg")
        {
            let text = fs::read_to_string(&file)?;
            wrong.extend(styles.find(&text).map(|_| file.display().to_string()));
            count += 1;
        }
    }
    ensure(count > 40, || format!("only {count} styles and pictures"))?;
    ensure(wrong.is_empty(), || format!("{wrong:#?}"))
}

fn headings(site: &Site) -> Checked {
    let mut wrong = Vec::new();
    for (name, html) in &site.html {
        if ["print.html", "toc.html"].contains(&name.as_str()) {
            continue; // all chapters below each other; the sidebar alone
        }
        let levels: Vec<u8> = tags(html)
            .filter_map(|tag| tag.strip_prefix('h')?.get(..1)?.parse().ok())
            .collect();
        let first = levels.first() == Some(&1);
        let one = !levels[1..].contains(&1);
        let steps = levels.windows(2).all(|pair| pair[1] <= pair[0] + 1);
        if !(first && one && steps) {
            wrong.push(format!("{name}: {levels:?}"));
        }
    }
    ensure(wrong.is_empty(), || format!("{wrong:#?}"))
}

fn pictures(site: &Site) -> Checked {
    let mut wrong = Vec::new();
    let mut count = 0;
    for (name, html) in site.contents() {
        for tag in tags(html) {
            if !tag.starts_with("img ") && !tag.starts_with("svg ") {
                continue;
            }
            count += 1;
            let text =
                attribute(tag, "alt").or_else(|| attribute(tag, "aria-label"));
            if text.is_none_or(|text| text.len() < 10) {
                wrong.push(format!("{name}: {tag}"));
            }
        }
    }
    ensure(count > 30, || format!("only {count} pictures were found"))?;
    ensure(wrong.is_empty(), || format!("{wrong:#?}"))
}

fn tables(site: &Site) -> Checked {
    let mut wrong = Vec::new();
    let mut count = 0;
    for (name, html) in site.contents() {
        for table in html.split("<table>").skip(1) {
            count += 1;
            let (table, _) = table.split_once("</table>").unwrap_or((table, ""));
            if !table.contains("<th>") && !table.contains("<th ") {
                wrong.push(name);
            }
        }
    }
    ensure(count > 40, || format!("only {count} tables were found"))?;
    ensure(wrong.is_empty(), || format!("no head: {wrong:?}"))
}

/// The page, with all its scripts, styles and pictures.
fn weights(site: &Site) -> Checked {
    let size = |path: &Path| fs::metadata(path).map_or(0, |file| file.len());
    let mut heavy = Vec::new();
    for (name, ..) in &site.pages {
        let html = &site.html[&format!("{name}.html")];
        let loads = tags(html).filter(|tag| !tag.starts_with("a "));
        let parts: BTreeSet<String> = loads.filter_map(target).collect();
        ensure(parts.len() > 10, || format!("{name} loads only {parts:?}"))?;
        let parts: u64 =
            parts.iter().map(|part| size(&site.folder.join(part))).sum();
        let whole = html.len() as u64 + parts;
        if whole > HEAVIEST {
            heavy.push(format!("{name}: {whole} bytes"));
        }
    }
    ensure(heavy.is_empty(), || format!("{heavy:#?}"))
}

/// Every timeline stands in its page as a drawing, and each bar has a tooltip.
fn bars(site: &Site) -> Checked {
    let bar = Regex::new(r"<g>(<title>[^<]+</title>)?")?;
    let mut wrong = Vec::new();
    for (name, html) in site.contents() {
        let folder = site.folder.join(name);
        let there =
            folder.join("timeline.svg").exists() && html.contains("timeline.svg");
        let Some((_, drawing)) = html.split_once("<figure class=\"timeline\"")
        else {
            if there && name != "book" {
                wrong.push(format!("{name}: no drawing"));
            }
            continue;
        };
        let (drawing, _) = drawing.split_once("</figure>").unwrap_or_default();
        let bars: Vec<_> = bar.captures_iter(drawing).collect();
        if bars.is_empty() || bars.iter().any(|bar| bar.get(1).is_none()) {
            wrong.push(format!("{name}: a bar without a title"));
        }
    }
    ensure(wrong.is_empty(), || format!("{wrong:#?}"))
}
