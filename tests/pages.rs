//! The pages of the book that belong to no single program say what is so: they name
//! programs that there are, and quote figures that a chapter has.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use libtest_mimic::{Failed, Trial};
use regex::Regex;
use support::program::files;
use support::{
    Checked, Example, ensure, examples, for_each_example, in_ci, root, trial,
};

use crate::chapters::broken_links;
use crate::rejected::{cure, expected};

const FOLDER: &str = "shared/book/pages";
const WIDEST: usize = 84; // characters of a line in a fence
/// The only fences in pages: commands for the reader. Code is in the chapters,
/// where it is proved.
const FENCE: &str = "sh";

/// A link: what it says, and where it leads.
static LINK: LazyLock<Regex> = LazyLock::new(|| {
    let link = Regex::new(r"\[([^\[\]]*)\]\(([^()\s]+)\)");
    link.expect("the expression is right")
});
/// What a number with one of these is: a claim.
const UNITS: &[&str] = &[
    "%",
    "×",
    "ns",
    "µs",
    "ms",
    "s",
    "seconds",
    "minutes",
    "KiB",
    "MiB",
    "GiB",
    "bytes",
    "times",
    "schedules",
];

/// The public names of Python's modules, by the version that brought them. Of
/// `asyncio` it is the modules about tasks: coroutines, futures, graph, locks,
/// queues, runners, taskgroups, tasks, threads and timeouts.
const PYTHON: &[(&str, u32, &str)] = &[
    (
        "threading",
        9,
        "Barrier BoundedSemaphore BrokenBarrierError Condition Event \
         ExceptHookArgs Lock RLock Semaphore TIMEOUT_MAX Thread ThreadError \
         Timer active_count current_thread enumerate excepthook get_ident \
         get_native_id local main_thread setprofile settrace stack_size",
    ),
    ("threading", 10, "getprofile gettrace"),
    (
        "threading",
        12,
        "setprofile_all_threads settrace_all_threads",
    ),
    (
        "multiprocessing",
        9,
        "Array AuthenticationError Barrier BoundedSemaphore BufferTooShort \
         Condition Event JoinableQueue Lock Manager Pipe Pool Process \
         ProcessError Queue RLock RawArray RawValue Semaphore SimpleQueue \
         TimeoutError Value active_children allow_connection_pickling cpu_count \
         current_process freeze_support get_all_start_methods get_context \
         get_logger get_start_method log_to_stderr parent_process reducer \
         set_executable set_forkserver_preload set_start_method",
    ),
    (
        "concurrent.futures",
        9,
        "ALL_COMPLETED BrokenExecutor CancelledError Executor FIRST_COMPLETED \
         FIRST_EXCEPTION Future ProcessPoolExecutor ThreadPoolExecutor \
         TimeoutError as_completed wait",
    ),
    ("concurrent.futures", 13, "InvalidStateError"),
    ("concurrent.futures", 14, "InterpreterPoolExecutor"),
    (
        "queue",
        9,
        "Empty Full LifoQueue PriorityQueue Queue SimpleQueue",
    ),
    ("queue", 13, "ShutDown"),
    (
        "asyncio",
        9,
        "ALL_COMPLETED BoundedSemaphore Condition Event FIRST_COMPLETED \
         FIRST_EXCEPTION Future LifoQueue Lock PriorityQueue Queue QueueEmpty \
         QueueFull Semaphore Task all_tasks as_completed coroutine create_task \
         current_task ensure_future gather iscoroutine iscoroutinefunction \
         isfuture run run_coroutine_threadsafe shield sleep to_thread wait \
         wait_for wrap_future",
    ),
    (
        "asyncio",
        11,
        "Barrier Runner TaskGroup Timeout timeout timeout_at",
    ),
    (
        "asyncio",
        12,
        "create_eager_task_factory eager_task_factory",
    ),
    ("asyncio", 13, "QueueShutDown"),
    (
        "asyncio",
        14,
        "FrameCallGraphEntry FutureCallGraph capture_call_graph \
         format_call_graph future_add_to_awaited_by \
         future_discard_from_awaited_by print_call_graph",
    ),
];
/// The newest of these versions: 3.14.
const NEWEST: u32 = 14;
/// Prints a line for each module with its public names.
const NAMES: &str = r#"
import importlib
TASKS = ("coroutines futures graph locks queues runners taskgroups tasks threads "
         "timeouts").split()
def names(module):
    try:
        module = importlib.import_module(module)
    except ImportError:
        return set()
    return {name for name in module.__all__ if not name.startswith("_")}
for module in ("threading", "multiprocessing", "concurrent.futures", "queue"):
    print(module, *sorted(names(module)))
tasks = (names("asyncio." + module) for module in TASKS)
print("asyncio", *sorted(set().union(*tasks)))
"#;

pub fn trials() -> Vec<Trial> {
    let mut trials = Vec::new();
    for page in pages() {
        let name = page.file_name().unwrap_or_default().to_string_lossy();
        let prefix = format!("pages: {name}");
        let check = |title: &str, check: fn(&Path) -> Checked| {
            let page = page.clone();
            trial(format!("{prefix}: {title}"), move || check(&page))
        };
        trials.extend([
            check("its links lead somewhere", links),
            check(
                "its figures stand in the chapter that they link to",
                figures,
            ),
            check("its fences are commands, and fit", fences),
        ]);
    }
    trials.extend(for_each_example("pages: named", is_named));
    trials.extend([
        trial("pages: SUMMARY.md lists each of them once", listed),
        trial("pages: compiler.md: every refused program", refused),
        trial("pages: from-python.md: every name of Python", python_names),
        trial(
            "pages: from-python.md: the programs have the Rust names",
            rust_names,
        ),
        python_at_hand(),
        trial(
            "pages: index-by-api.md: the programs use what they are listed for",
            index_is_right,
        ),
        trial(
            "pages: index-by-api.md: every API that is used",
            index_is_whole,
        ),
    ]);
    trials
}

/// The pages, without their table of contents.
fn pages() -> Vec<PathBuf> {
    let mut pages = files(&root().join(FOLDER));
    pages.retain(|page| {
        page.extension().is_some_and(|ending| ending == "md")
            && !page.ends_with("SUMMARY.md")
    });
    pages.sort();
    pages
}

fn page(name: &str) -> Result<String, Failed> {
    Ok(fs::read_to_string(root().join(FOLDER).join(name))?)
}

/// The links of a text.
fn links_of(text: &str) -> Vec<(String, String)> {
    LINK.captures_iter(text)
        .map(|found| (found[1].to_owned(), found[2].to_owned()))
        .collect()
}

/// The example to whose chapter the link leads.
fn program(link: &str) -> Option<&str> {
    let place = link.strip_prefix("../../../examples-")?;
    Some(place.strip_suffix("/README.md")?.split_once('/')?.1)
}

/// SUMMARY.md lists the pages that there are, under the titles that they have.
fn listed() -> Checked {
    let mut there = Vec::new();
    for file in pages() {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let text = fs::read_to_string(&file)?;
        let title = text.lines().next().unwrap_or_default();
        let title = title.strip_prefix("# ").ok_or("a page has no title")?;
        there.push((title.to_owned(), name.into_owned()));
    }
    let mut listed = links_of(&page("SUMMARY.md")?);
    there.sort();
    listed.sort();
    ensure(listed == there, || {
        format!("listed: {listed:#?}, there are: {there:#?}")
    })
}

/// A link leads to a file of the workspace, and to a heading that this has.
fn links(page: &Path) -> Checked {
    let broken = broken_links(page)?;
    ensure(broken.is_empty(), || format!("{broken:#?}"))
}

/// A figure is a claim, so it stands in a link to the chapter (or to its file of
/// results) that has it, or to the source outside of the workspace.
fn figures(page: &Path) -> Checked {
    let text = fs::read_to_string(page)?;
    let mut wrong = Vec::new();
    for line in text.lines() {
        if is_claim(&numbers(&LINK.replace_all(line, ""))) {
            wrong.push(format!("no link: {line}"));
        }
        for (said, target) in links_of(line) {
            let numbers = numbers(&said);
            if target.starts_with("https://") || !is_claim(&numbers) {
                continue;
            }
            let (file, _) = target.split_once('#').unwrap_or((&target, ""));
            let there = fs::read_to_string(page.with_file_name("").join(file))?;
            // The unit of "63.8 and 86.2 ns" is that of both.
            let last = numbers.iter().rfind(|number| !number.unit.is_empty());
            let last = last.map_or("", |number| number.unit);
            for number in &numbers {
                let unit = if number.unit.is_empty() {
                    last
                } else {
                    number.unit
                };
                if !has_figure(&there, number, unit) {
                    wrong.push(format!("{target} has not: {said}"));
                }
            }
        }
    }
    ensure(wrong.is_empty(), || format!("{wrong:#?}"))
}

/// `18.9 µs`, or the 8 and the 10 of `8 of 10`.
#[derive(Debug)]
struct Number {
    digits: String,
    /// None is the empty text.
    unit: &'static str,
    /// Behind it stands `of` and this number.
    of: Option<String>,
}

fn is_claim(numbers: &[Number]) -> bool {
    numbers
        .iter()
        .any(|number| !number.unit.is_empty() || number.of.is_some())
}

/// The numbers of a text. Those in a name, such as `E0277`, are none.
fn numbers(text: &str) -> Vec<Number> {
    let mut numbers = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find(|letter: char| letter.is_ascii_digit()) {
        let before = rest[..start].chars().next_back();
        rest = &rest[start..];
        let digits = leading_number(rest);
        rest = &rest[digits.len()..];
        if before.is_some_and(|before| before.is_alphanumeric() || before == '_') {
            continue;
        }
        let of = rest.strip_prefix(" of ").map(leading_number);
        numbers.push(Number {
            digits: digits.to_owned(),
            unit: leading_unit(rest),
            of: of.filter(|of| !of.is_empty()).map(str::to_owned),
        });
    }
    numbers
}

/// `2.5` of `2.5. And so on`.
fn leading_number(text: &str) -> &str {
    let mut end = 0;
    for (at, letter) in text.char_indices() {
        let inside = letter == '.'
            && at > 0
            && text[at + 1..].starts_with(|next: char| next.is_ascii_digit());
        if !letter.is_ascii_digit() && !inside {
            break;
        }
        end = at + 1;
    }
    &text[..end]
}

/// The unit with which the text begins, perhaps behind a space.
fn leading_unit(text: &str) -> &'static str {
    let text = text.strip_prefix(' ').unwrap_or(text);
    let unit = UNITS.iter().find(|unit| {
        let rest = text.strip_prefix(**unit);
        rest.is_some_and(|rest| {
            !unit.ends_with(char::is_alphabetic)
                || !rest.starts_with(char::is_alphanumeric)
        })
    });
    unit.copied().unwrap_or_default()
}

/// Whether the text has the number with this unit beside it. In a fence or a table
/// the unit may stand elsewhere, in a heading, say, but beside the number stands no
/// other one. So it is, in any line, for a number without a unit.
fn has_figure(text: &str, number: &Number, unit: &str) -> bool {
    let mut in_fence = !text.starts_with('#'); // a file of results is one fence
    text.lines().any(|line| {
        in_fence ^= line.trim_start().starts_with("```");
        let anywhere = in_fence || line.starts_with('|') || unit.is_empty();
        numbers(line).iter().any(|there| {
            let same_unit =
                there.unit == unit || (there.unit.is_empty() && anywhere);
            let same_of = number.of.is_none() || there.of == number.of;
            there.digits == number.digits && same_unit && same_of
        })
    })
}

fn fences(page: &Path) -> Checked {
    let text = fs::read_to_string(page)?;
    for fence in text.split("```").skip(1).step_by(2) {
        let (kind, body) =
            fence.split_once('\n').ok_or("a fence without an end")?;
        ensure(kind == FENCE, || format!("a fence of kind \"{kind}\""))?;
        let wide = body.lines().find(|line| line.chars().count() > WIDEST);
        ensure(wide.is_none(), || format!("wider than {WIDEST}: {wide:?}"))?;
        for name in body.split("-p ").skip(1) {
            let name = name.split_whitespace().next().unwrap_or_default();
            let exists = examples().iter().any(|example| example.name == name);
            ensure(exists, || format!("no example is called {name}"))?;
        }
    }
    Ok(())
}

/// A page names a program by a link to its chapter. The index does not count: it
/// explains nothing.
fn is_named(example: &Example) -> Checked {
    let link = format!("](../../../{}/README.md", example.place());
    let mut named = false;
    for page in pages() {
        let explains = !page.ends_with("index-by-api.md");
        named |= explains && fs::read_to_string(page)?.contains(&link);
    }
    ensure(named, || format!("in none of {FOLDER}: {link}"))
}

/// Each program that the compiler refuses has its row, with the message that its
/// head gives, and links to it and to its cure.
fn refused() -> Checked {
    let page = page("compiler.md")?;
    let rows: Vec<&str> = page.lines().filter(|l| l.starts_with('|')).collect();
    let mut missing = Vec::new();
    for file in files(&root().join("tests/rejected")) {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        if name.ends_with("_cured.rs") {
            continue;
        }
        let source = fs::read_to_string(&file)?;
        let (code, message) = expected(&source)?;
        let link = format!("](../../../tests/rejected/{name})");
        let cure = cure(&file);
        let cure = cure.file_name().unwrap_or_default().to_string_lossy();
        let start = format!("| {code}: {message} |");
        let has = |row: &&str| {
            row.starts_with(&start)
                && row.contains(&link)
                && row.contains(&format!("](../../../tests/rejected/{cure})"))
        };
        if !rows.iter().any(has) {
            missing.push(format!("{start} .. {link}"));
        }
    }
    ensure(missing.is_empty(), || format!("no row: {missing:#?}"))
}

/// The names of a module that versions up to 3.`version` have, or once had.
fn names(module: &str, version: u32) -> BTreeSet<&'static str> {
    let lists = PYTHON
        .iter()
        .filter(|(of, since, _)| *of == module && *since <= version);
    lists
        .flat_map(|(.., names)| names.split_whitespace())
        .collect()
}

const MODULES: [&str; 5] = [
    "threading",
    "multiprocessing",
    "concurrent.futures",
    "queue",
    "asyncio",
];

/// The part of the page about a module has a row for each of its names.
fn python_names() -> Checked {
    let page = page("from-python.md")?;
    let mut missing = Vec::new();
    for module in MODULES {
        let (_, part) = page
            .split_once(&format!("\n## `{module}`"))
            .ok_or_else(|| format!("nothing about {module}"))?;
        let part = part.split("\n## ").next().unwrap_or_default();
        let cells: Vec<&str> = part
            .lines()
            .filter_map(|line| line.strip_prefix("| "))
            .filter_map(|row| row.split(" | ").next())
            .collect();
        for name in names(module, NEWEST) {
            let name = format!("`{name}");
            if !cells.iter().any(|cell| has_name(cell, &name)) {
                missing.push(format!("{module}: {name}"));
            }
        }
    }
    ensure(missing.is_empty(), || format!("no row: {missing:#?}"))
}

/// A program in a row has, in its chapter or its source, the Rust name that the row
/// gives, or one of them. (The programs beside asyncio do the same without it.)
fn rust_names() -> Checked {
    let page = page("from-python.md")?;
    let (page, _) = page.split_once("\n## `asyncio`").ok_or("no asyncio")?;
    let sources = sources()?;
    let mut checked = 0;
    let mut wrong = Vec::new();
    for row in page.lines().filter(|line| line.starts_with("| `")) {
        let rust = row.split(" | ").nth(1).unwrap_or_default();
        let names: Vec<&str> = rust.split('`').skip(1).step_by(2).collect();
        let mut programs = String::new();
        for name in links_of(row).iter().filter_map(|(_, link)| program(link)) {
            programs += &Example::named(name).read("README.md");
            programs += sources.get(name).map_or("", String::as_str);
        }
        if names.is_empty() || programs.is_empty() {
            continue;
        }
        checked += 1;
        let there = |name: &&str| {
            let (name, _) = name.split_once('(').unwrap_or((name, ""));
            has_name(&programs, name)
        };
        if !names.iter().any(there) {
            wrong.push(row);
        }
    }
    ensure(checked > 50, || format!("only {checked} rows"))?;
    ensure(wrong.is_empty(), || format!("{wrong:#?}"))
}

/// The Python at hand has no names but those that are listed for its version. What
/// it has no more stays in the lists, for those who come from an older one.
fn python_at_hand() -> Trial {
    let version = python("import sys; print(sys.version_info[1])");
    let version: Option<u32> =
        version.and_then(|version| version.trim().parse().ok());
    let missing = match version {
        None => "there is no python3".to_owned(),
        Some(version) if version > NEWEST => {
            format!("the lists end with 3.{NEWEST}")
        }
        Some(_) => String::new(),
    };
    let ignored = !missing.is_empty() && !in_ci();
    trial("pages: the lists of names are those of Python", move || {
        let version = version.ok_or("there is no python3")?;
        let printed = python(NAMES).ok_or("it does not print its names")?;
        for line in printed.lines() {
            let mut words = line.split_whitespace();
            let module = words.next().unwrap_or_default();
            let listed = names(module, version);
            ensure(!listed.is_empty(), || format!("no list of {module}"))?;
            let unknown: Vec<&str> =
                words.filter(|name| !listed.contains(name)).collect();
            ensure(unknown.is_empty(), || format!("{module}: {unknown:?}"))?;
        }
        Ok(())
    })
    .with_ignored_flag(ignored)
    .with_kind(missing)
}

/// What this Python program prints, if there is a Python that runs it.
fn python(code: &str) -> Option<String> {
    let run = Command::new("python3").args(["-c", code]).output().ok()?;
    let printed = String::from_utf8(run.stdout).ok()?;
    run.status.success().then_some(printed)
}

/// The rows of the index: what a program uses, and the links to the programs.
fn index() -> Result<Vec<(String, Vec<String>)>, Failed> {
    let page = page("index-by-api.md")?;
    let mut rows = Vec::new();
    for line in page.lines() {
        let Some((api, rest)) =
            line.strip_prefix("| `").and_then(|row| row.split_once('`'))
        else {
            continue;
        };
        let links = links_of(rest);
        let programs = links.iter().filter_map(|(_, link)| program(link));
        rows.push((api.to_owned(), programs.map(str::to_owned).collect()));
    }
    ensure(rows.len() > 50, || format!("only {} rows", rows.len()))?;
    Ok(rows)
}

/// The sources of the examples, without tests and comments, by name.
fn sources() -> Result<BTreeMap<String, String>, Failed> {
    let mut sources = BTreeMap::new();
    for Example { name, folder } in examples() {
        let mut source = String::new();
        for file in files(&folder.join("src")) {
            let inside = file.strip_prefix(&folder)?;
            let is_test = ["src/tests", "src/tests.rs"]
                .iter()
                .any(|tests| inside.starts_with(tests));
            if !is_test && file.extension().is_some_and(|end| end == "rs") {
                for line in fs::read_to_string(file)?.lines() {
                    let (code, _) = line.split_once("//").unwrap_or((line, ""));
                    source.extend([code, "\n"]);
                }
            }
        }
        sources.insert(name, source);
    }
    Ok(sources)
}

/// Whether the text has this name, and not only as a part of a longer one.
fn has_name(text: &str, name: &str) -> bool {
    let part = |letter: char| letter.is_alphanumeric() || letter == '_';
    text.match_indices(name).any(|(at, _)| {
        !text[..at].ends_with(part) && !text[at + name.len()..].starts_with(part)
    })
}

fn index_is_right() -> Checked {
    let sources = sources()?;
    let mut wrong = Vec::new();
    for (api, programs) in index()? {
        if programs.is_empty() {
            wrong.push(format!("{api}: no program"));
        }
        for program in programs {
            let source = sources.get(&program);
            if !source.is_some_and(|source| has_name(source, &api)) {
                wrong.push(format!("{program} does not use {api}"));
            }
        }
    }
    ensure(wrong.is_empty(), || format!("{wrong:#?}"))
}

fn index_is_whole() -> Checked {
    let index = index()?;
    let item = Regex::new(r"\buse (std::[^;]+);")?;
    let path = Regex::new(r"\b(thread|process|panic|mpsc)::\w+")?;
    let module = Regex::new(
        r"^std::(sync|thread|process|panic|os::unix::process)::(.*::)?(\w+)$",
    )?;
    let mut used = BTreeSet::new();
    for source in sources()?.values() {
        for found in item.captures_iter(source) {
            let tree: String = found[1].split_whitespace().collect();
            for path in flattened(&tree) {
                if let Some(found) = module.captures(&path) {
                    used.insert(found[3].to_owned());
                }
            }
        }
        let paths = path.find_iter(source);
        used.extend(paths.map(|found| found.as_str().to_owned()));
    }
    // Modules are no API of their own.
    for module in ["atomic", "mpsc", "self"] {
        used.remove(module);
    }
    ensure(used.len() > 50, || format!("only {used:?}"))?;
    used.retain(|used| {
        let (_, name) = used.rsplit_once("::").unwrap_or_default();
        let listed = |(api, _): &(String, _)| {
            api == used || (!name.is_empty() && api == name)
        };
        !index.iter().any(listed)
    });
    ensure(used.is_empty(), || format!("not in the index: {used:#?}"))
}

/// The paths of `std::{fs,sync::{Arc,Mutex}}`.
fn flattened(tree: &str) -> Vec<String> {
    let Some((head, rest)) = tree.split_once('{') else {
        return vec![tree.to_owned()];
    };
    let body = rest.strip_suffix('}').unwrap_or(rest);
    let mut depth = 0;
    let parts = body.split(|letter| {
        depth += i32::from(letter == '{') - i32::from(letter == '}');
        letter == ',' && depth == 0
    });
    parts
        .filter(|part| !part.is_empty())
        .flat_map(flattened)
        .map(|path| format!("{head}{path}"))
        .collect()
}
