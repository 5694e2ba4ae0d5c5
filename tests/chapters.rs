//! Every fence of every chapter is true, and every example has all its parts.
//!
//! `UPDATE=1 cargo test -p tests chapters` writes new runs into the chapters.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{LazyLock, Mutex};
use std::{env, fs};

use libtest_mimic::{Failed, Trial};
use regex::Regex;
use similar::TextDiff;
use support::program::{files, nats_server_is_missing, python_is_missing};
use support::{
    Checked, Example, Language, common_run, ensure, examples, root, trial,
};

use crate::common_form::common_form;
use crate::examples::ALL;

/// The parts of a chapter, in their order. One with nothing to say is left out.
const SECTIONS: [&str; 5] = [
    "How it works",
    "From Python",
    "What goes wrong",
    "Take it with you",
    "Try it",
];
const LONGEST: usize = 140; // lines of a main.rs, formatted with the defaults
/// Skips lines of a run.
const SKIP: &str = "# ...";
const WIDEST: usize = 84; // characters, for a page of the book

/// The same pattern, whole in each of the examples that use it.
const SAME: &[(&str, &[&str])] = &[
    ("src/download.rs", &["download-sites", "download-pool"]),
    (
        "src/connection.rs",
        &["producer-consumer", "sentinel-queue"],
    ),
    ("src/load.rs", &["threads-vs-processes", "ipc-compared"]),
    ("src/processes.rs", &["sum-of-squares", "mixed-workload"]),
];

pub fn trials() -> Vec<Trial> {
    let mut trials = Vec::new();
    for example in examples() {
        let Example { name, folder } = example.clone();
        let parts = example.clone();
        trials.push(trial(format!("chapters: {name}: parts"), move || {
            has_parts(&parts)
        }));
        trials.push(trial(format!("chapters: {name}: fences"), move || {
            fences(&folder.join("README.md"), Some(&example))
        }));
    }
    for page in [
        "README.md",
        "CONTRIBUTING.md",
        "shared/book/README.md",
        "shared/timeline/README.md",
        "tests/model-checkers/README.md",
    ] {
        trials.push(trial(format!("chapters: {page}: fences"), move || {
            fences(&root().join(page), None)
        }));
    }
    for (file, names) in SAME {
        let title = format!("chapters: {}: {file}", names.join(", "));
        trials.push(trial(title, || same_in_all(file, names)));
    }
    trials.extend([
        trial(
            "chapters: the same examples in README.md and SUMMARY.md",
            contents,
        ),
        trial("chapters: no line is too wide", lines_fit),
        trial("chapters: every link leads to a file", links_lead_somewhere),
        trial("chapters: every test file is listed", test_files_are_listed),
        trial(
            "chapters: every test file is about an example",
            about_examples,
        ),
    ]);
    trials
}

fn same_in_all(file: &str, names: &[&str]) -> Checked {
    let mut files = names.iter().map(|name| Example::named(name).read(file));
    let first = files.next();
    ensure(files.all(|other| Some(other) == first), || {
        "they differ".into()
    })
}

/// Checks every fence of a chapter.
fn fences(chapter: &Path, example: Option<&Example>) -> Checked {
    let text = fs::read_to_string(chapter)?;
    let update = env::var_os("UPDATE").is_some();
    let mut wrong = String::new();
    let mut in_answers = false;
    // Every second piece stands inside a fence.
    for (number, piece) in text.split("```").enumerate() {
        if number % 2 == 0 {
            in_answers |= piece.contains("\n## Try it\n");
        } else {
            let (kind, body) =
                piece.split_once('\n').ok_or("a fence without an end")?;
            let excerpt_of = |endings: &[&str]| {
                let found = is_excerpt_of_a_file(body, example, endings);
                ensure(found, || {
                    format!("stands in no {} file:\n{body}", endings[0])
                })
            };
            let checked = match kind {
                "rust" => excerpt_of(&["rs"]),
                "python" => excerpt_of(&["py"]),
                "text" => excerpt_of(&["txt"]),
                "console" if needs_what_is_missing(body, example) => Ok(()),
                "console" if in_answers => Ok(()), // proved by try_it.rs
                "console" => {
                    let run = run_again(body)?;
                    let checked = same_run(body, &run);
                    if checked.is_err() && update {
                        rewrite(chapter, body, &cut_like(body, &run.1))
                    } else {
                        checked
                    }
                }
                "toml" | "sh" => Ok(()), // proved by copies.rs; never run
                _ => Err(format!("no kind of fence is called \"{kind}\"").into()),
            };
            if let Err(error) = checked {
                wrong += error.message().unwrap_or_default();
            }
        }
    }
    ensure(wrong.is_empty(), || wrong)
}

/// Where there is no Python or no nats-server, `python_twins.rs` or `job_queue.rs`
/// shows as ignored what needs it.
fn needs_what_is_missing(body: &str, example: Option<&Example>) -> bool {
    let server = "$ cargo run -qp job-queue demo\n";
    body.starts_with(server) && nats_server_is_missing()
        || body.starts_with("$ python3 ")
            && example.and_then(python_is_missing).is_some()
}

/// Writes a new run into a chapter. Several trials may do that at the same time.
pub fn rewrite(chapter: &Path, old: &str, new: &str) -> Checked {
    static WRITING: Mutex<()> = Mutex::new(());
    let _guard = WRITING.lock();
    let text = fs::read_to_string(chapter)?;
    Ok(fs::write(chapter, text.replacen(old, new, 1))?)
}

fn is_excerpt_of_a_file(
    body: &str,
    example: Option<&Example>,
    endings: &[&str],
) -> bool {
    let folder = example.map_or(root(), |example| &example.folder);
    let files = sources(endings)
        .into_iter()
        .filter(|f| f.starts_with(folder));
    files
        .flat_map(fs::read_to_string)
        .any(|file| book::origin::line(body, &file).is_some())
}

/// Runs the command of a console fence. Returns the example's name and the new
/// text.
fn run_again(body: &str) -> Result<(String, String), Failed> {
    let head = body.lines().next().unwrap_or_default();
    let mut words = head.split_whitespace();
    let (name, language) = match [(); 3].map(|()| words.next().unwrap_or_default())
    {
        ["$", "python3", file] => {
            let file = root().join(file);
            let folder =
                file.parent().and_then(Path::file_name).unwrap_or_default();
            let name = folder.to_string_lossy().into_owned();
            ensure(file == Example::named(&name).python(), || {
                format!("not the Python program of an example: {head}")
            })?;
            (name, Language::Python)
        }
        ["$", "cargo", "run"] => {
            let option = words.next().unwrap_or_default();
            // Without -q, cargo says first what it builds. That is left out.
            ensure(["-qp", "-p"].contains(&option), || {
                format!("not `cargo run -qp NAME`: {head}")
            })?;
            let name = words.next().unwrap_or_default();
            (name.to_owned(), Language::Rust)
        }
        _ => return Err(format!("no command that can be run: {head}").into()),
    };
    let args: Vec<&str> = words.filter(|word| *word != "--").collect();
    let run = common_run(&Example::named(&name), language, &args)?;
    Ok((name, format!("{head}\n{}", run.output)))
}

pub fn same_run(committed: &str, (name, fresh): &(String, String)) -> Checked {
    if committed.lines().any(|line| line == SKIP) {
        return part_of_run(name, committed, fresh);
    }
    let (old, new) = (common_form(name, committed), common_form(name, fresh));
    ensure(old == new, || {
        let diff = TextDiff::from_lines(&old, &new);
        diff.unified_diff()
            .header("the chapter", "a real run")
            .to_string()
    })
}

/// A chapter may skip lines of a run. What it shows has to be there: for each
/// actor, and for the lines that belong to none, in the order of the run. Actors
/// that take from one queue count as one, in any order.
fn part_of_run(name: &str, committed: &str, fresh: &str) -> Checked {
    let mut rest: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in fresh.lines() {
        let line = common_form(name, line);
        rest.entry(actor(&line)).or_default().push(line);
    }
    for line in committed.lines().filter(|line| *line != SKIP) {
        let line = common_form(name, line);
        let lines = rest.entry(actor(&line)).or_default();
        let place = lines.iter().position(|there| *there == line);
        let place = place.ok_or_else(|| {
            format!("a real run does not print (here): {line}but:\n{fresh}")
        })?;
        if actor(&line) == "[_]" {
            lines.remove(place);
        } else {
            lines.drain(..=place);
        }
    }
    Ok(())
}

/// `[teller-1]` in `[teller-1] Depositing 20`.
fn actor(line: &str) -> String {
    let (actor, _) = line.split_once("] ").unwrap_or_default();
    format!("{actor}]")
}

/// A fresh run, cut as the committed one is: as many lines before and behind the
/// place that is skipped. With two such places it has to be cut by hand.
pub fn cut_like(committed: &str, fresh: &str) -> String {
    let parts: Vec<&str> = committed.split("# ...\n").collect();
    let [before, behind] = parts[..] else {
        return fresh.to_owned();
    };
    let lines: Vec<&str> = fresh.split_inclusive('\n').collect();
    let from_end = lines.len().saturating_sub(behind.lines().count());
    let before = &lines[..before.lines().count().min(from_end)];
    [&before.concat(), SKIP, "\n", &lines[from_end..].concat()].concat()
}

/// Checks that the example is whole and built like the others.
fn has_parts(example: &Example) -> Checked {
    let name = &example.name;
    let python = example.python();
    let python = python.file_name().unwrap_or_default().to_string_lossy();
    for file in ["Cargo.toml", "README.md", "src/main.rs", &python] {
        let exists = example.folder.join(file).exists();
        ensure(exists, || format!("there is no {file}"))?;
    }
    let manifest = example.read("Cargo.toml");
    for line in [
        &format!("name = \"{name}\""),
        "edition.workspace = true",
        "[lints]",
    ] {
        ensure(manifest.contains(line), || {
            format!("Cargo.toml has no `{line}`")
        })?;
    }
    let main = example.read("src/main.rs");
    ensure(main.lines().count() <= LONGEST, || {
        format!("main.rs has more than {LONGEST} lines")
    })?;
    let head: Vec<&str> = main
        .lines()
        .take_while(|line| line.starts_with("//!"))
        .collect();
    ensure((4..=8).contains(&head.len()), || {
        "the head has not 4 to 8 lines".into()
    })?;
    for word in [&format!("`cargo run -p {name}`"), &format!("`{python}`")] {
        let named = head.iter().any(|line| line.contains(word));
        ensure(named, || {
            format!("the head of main.rs does not name {word}")
        })?;
    }
    let chapter = example.read("README.md");
    let shown = chapter.contains("](timeline.svg)");
    let there = example.folder.join("timeline.svg").exists();
    ensure(shown == there, || {
        let missing = if shown {
            "file"
        } else {
            "picture in the chapter"
        };
        format!("timeline.svg: there is no {missing}")
    })?;
    if there {
        let picture = example.read("timeline.svg");
        let picture = roxmltree::Document::parse(&picture).map_err(|error| {
            format!("timeline.svg: {error}: `cargo timeline --all`")
        })?;
        let bars = picture.descendants().filter(|node| node.has_tag_name("g"));
        ensure(bars.count() > 0, || "timeline.svg shows nothing".into())?;
    }
    ensure(chapter.starts_with("# "), || {
        "the chapter has no title".into()
    })?;
    let headings = chapter.lines().filter_map(|line| line.strip_prefix("## "));
    let order = headings
        .map(|heading| SECTIONS.iter().position(|section| *section == heading));
    let order: Option<Vec<usize>> = order.collect();
    let sorted = order.is_some_and(|order| order.is_sorted_by(|a, b| a < b));
    ensure(sorted, || {
        format!("its headings are not some of {SECTIONS:?}, in order")
    })?;
    leads_on(example, &chapter)
}

/// A chapter may end with a line that leads to the chapters before and behind it.
fn leads_on(example: &Example, chapter: &str) -> Checked {
    let Some((_, links)) = chapter.rsplit_once("\n---\n") else {
        return Ok(());
    };
    let all = summary()?;
    let place = all.iter().position(|(_, place)| *place == example.place());
    let place = place.ok_or("it is not in SUMMARY.md")?;
    let before = place.checked_sub(1).map(|before| &all[before]);
    for (word, other) in [("Previous", before), ("Next", all.get(place + 1))] {
        let link = other.map(|(title, place)| {
            let (group, name) = place.split_once('/').unwrap_or_default();
            let beside = example.place().starts_with(&format!("{group}/"));
            let way = if beside { name } else { &format!("../{place}") };
            format!("[{word}: {title}](../{way}/README.md)")
        });
        let found = links.matches(&format!("[{word}: ")).count();
        let right = link.as_ref().is_none_or(|link| links.contains(link));
        ensure(right && found == usize::from(link.is_some()), || {
            format!("{word}: not {link:?}, but:{links}")
        })?;
    }
    Ok(())
}

/// The titles of the examples in SUMMARY.md, and their folders.
fn summary() -> Result<Vec<(String, String)>, Failed> {
    let link = Regex::new(r"\[(.*)\]\((examples-[\w-]+/[\w-]+)/README\.md\)")?;
    let summary = fs::read_to_string(root().join("SUMMARY.md"))?;
    let links = link.captures_iter(&summary);
    Ok(links
        .map(|found| (found[1].to_owned(), found[2].to_owned()))
        .collect())
}

/// README.md has a table of all examples, in the order of SUMMARY.md.
fn contents() -> Checked {
    let link = Regex::new(r"\((examples-[\w-]+/[\w-]+)/README\.md\)")?;
    let readme = fs::read_to_string(root().join("README.md"))?;
    let mut listed = Vec::new();
    for row in readme.lines().filter(|line| line.starts_with('|')) {
        listed.extend(link.captures_iter(row).map(|found| found[1].to_owned()));
    }
    let summary: Vec<String> =
        summary()?.into_iter().map(|(_, place)| place).collect();
    ensure(listed == summary, || {
        format!("README.md: {listed:?}, SUMMARY.md: {summary:?}")
    })?;
    listed.sort();
    let mut there: Vec<String> = examples().iter().map(Example::place).collect();
    there.sort();
    ensure(listed == there, || {
        format!("listed: {listed:?}, there are: {there:?}")
    })
}

/// All files of the workspace with one of these endings.
fn sources(endings: &[&str]) -> Vec<std::path::PathBuf> {
    let tops = fs::read_dir(root()).expect("the root can be read");
    let tops = tops.map(|top| top.expect("the entry can be read").path());
    let hidden = |path: &Path| {
        path.file_name()
            .is_some_and(|n| n.as_encoded_bytes()[0] == b'.')
    };
    tops.filter(|path| !hidden(path) && !path.ends_with("target"))
        .flat_map(|path| {
            if path.is_dir() {
                files(&path)
            } else {
                vec![path]
            }
        })
        .filter(|file| {
            endings
                .iter()
                .any(|ending| file.extension() == Some(ending.as_ref()))
        })
        .collect()
}

fn lines_fit() -> Checked {
    let mut wide = Vec::new();
    for file in sources(&["rs", "py"]) {
        for (number, line) in fs::read_to_string(&file)?.lines().enumerate() {
            if line.chars().count() > WIDEST {
                wide.push(format!("{}:{}", file.display(), number + 1));
            }
        }
    }
    ensure(wide.is_empty(), || {
        format!("wider than {WIDEST}: {wide:#?}")
    })
}

fn links_lead_somewhere() -> Checked {
    let mut broken = Vec::new();
    for file in sources(&["md"]) {
        for link in broken_links(&file)? {
            broken.push(format!("{}: {link}", file.display()));
        }
    }
    ensure(broken.is_empty(), || {
        format!("links that lead nowhere: {broken:#?}")
    })
}

/// The links of a Markdown file that lead to no file of the workspace, or to no
/// heading in it.
pub fn broken_links(file: &Path) -> Result<Vec<String>, Failed> {
    static LINK: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"\]\(([^)#]*)#?([^)]*)\)").expect("it is one")
    });
    let text = fs::read_to_string(file)?;
    let mut broken = Vec::new();
    for found in LINK.captures_iter(&text) {
        let (_, [place, heading]) = found.extract();
        if place.contains("://") {
            continue;
        }
        let target = if place.is_empty() {
            file.to_owned()
        } else {
            file.with_file_name("").join(place)
        };
        let there = target.exists()
            && (heading.is_empty() || headings(&target)?.contains(heading));
        if !there {
            broken.push(format!("{place}#{heading}"));
        }
    }
    Ok(broken)
}

/// What a link to a heading of the file says behind its `#`.
fn headings(file: &Path) -> Result<BTreeSet<String>, Failed> {
    let text = fs::read_to_string(file)?;
    let headings = text.lines().filter(|line| line.starts_with('#'));
    let slug = |heading: &str| {
        let heading = heading.trim_start_matches('#').trim().to_lowercase();
        let kept = heading
            .chars()
            .filter(|c| c.is_alphanumeric() || " -_".contains(*c));
        kept.collect::<String>().replace(' ', "-")
    };
    Ok(headings.map(slug).collect())
}

/// A file that no other names would never be run. That its trials are asked for is
/// for the compiler to say.
fn test_files_are_listed() -> Checked {
    let tests = root().join("tests");
    let manifest = fs::read_to_string(tests.join("Cargo.toml"))?;
    for (folder, list) in [("", "main.rs"), ("examples", "examples.rs")] {
        let list = fs::read_to_string(tests.join(list))?;
        for file in fs::read_dir(tests.join(folder))? {
            let file = file?.path();
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            let Some(module) = name.strip_suffix(".rs") else {
                continue;
            };
            let listed = list.contains(&format!("mod {module};\n"))
                || manifest.contains(&format!("path = \"{name}\""));
            ensure(listed, || format!("{name} is never run"))?;
        }
    }
    Ok(())
}

/// A file about an example that does not exist says nothing about any.
fn about_examples() -> Checked {
    for special in ALL {
        let mut examples = examples().into_iter();
        let exists = examples.any(|example| example.name == special.name);
        ensure(exists, || format!("no example is called {}", special.name))?;
    }
    Ok(())
}
