//! Every answer of a "Try it" that changes code is a patch beside the example, and
//! what the answer quotes is what the patched program prints.
//!
//! A fence in an answer shows a run with the patch that is linked above it, or of
//! the example as it is if there is none. If it ends with `^C`, the program hangs.
//! `UPDATE=1 cargo test -p tests try_it` writes new runs into the chapters.

use std::collections::BTreeSet;
use std::env;
use std::path::Path;
use std::process::ExitStatus;
use std::sync::LazyLock;

use libtest_mimic::{Failed, Trial};
use regex::Regex;
use support::process_table::Signal;
use support::program::binary;
use support::{Checked, Example, FEW, Program, ensure, examples, rounds, trial};

use crate::chapters::{cut_like, rewrite, same_run};
use crate::patched::{self, MOST, patches};

/// Exercises without a patch, and why.
const NO_PATCH: &[(&str, usize, &str)] = &[
    ("crash-isolation", 1, "changes no code"),
    (
        "download-sites",
        2,
        "src/tests.rs has the answer, and tests it",
    ),
    ("graceful-shutdown", 1, "changes no code"),
    ("graceful-shutdown", 2, "you type the jobs and press Ctrl-C"),
    ("job-queue", 1, "changes no code"),
    ("parallel-pitfalls", 1, "changes no code"),
    ("parallel-sum", 1, "changes no code"),
    ("sum-of-squares", 2, "shows only in a release build"),
    ("threads-vs-processes", 1, "changes no code"),
];

/// What differs from run to run in an answer, besides what differs in the chapter,
/// and what is compared instead.
const VARIES: &[(&str, &str, &str, &str)] = &[
    ("bank-account", "2", r"(only |balance: )1\d0\b", "${1}1_0"),
    ("barrier", "1", r"(Row: \[3, 5, 4\]\nRow: ).*", "${1}_"),
    ("borrow-or-share", "1", r"(Share: )\d+", "${1}_"),
    ("file-lock", "1", r"(Counter: )\d+", "${1}_"),
    ("image-processing", "1", r".*/image-processing-\w+/", "_/"),
    (
        "locked-counter",
        "2",
        r"(The same with an atomic: )\d+",
        "${1}_",
    ),
    // How many cores there are is how many workers begin.
    ("process-pool", "2", r"(worker \d+\n)+", "worker _\n"),
    ("producer-consumer", "1", r"(Error: .* lost: \[).*", "${1}_"),
    ("sentinel-queue", "2", r"(Lost: ).*", "${1}_"),
    ("shared-memory", "1", r"(under the lock: \[).*", "${1}_"),
    (
        "shared-memory",
        "1-then",
        r"(under the lock: \[).*",
        "${1}_",
    ),
    // Usually the child ends before its first number.
    ("print-numbers-process", "1", r"Process: \d\n", ""),
];

/// What the patched program prints often, but not always: other threads may be
/// faster, or the lines of two processes may mix. It has to come once in this
/// number of runs.
const OFTEN: &[(&str, &str)] = &[
    ("database-queries", "1"),
    ("hybrid", "1-then"),
    ("lost-update", "1"),
    ("lost-update", "1-then"),
    ("process-pool", "2"),
    ("shared-memory", "2"),
    ("unix-socket", "1"),
];
const MANY: usize = 100;

/// Programs that hang often, but not always: only their first line is compared.
const MAY_HANG: &[(&str, &str)] = &[("event", "1")];

/// Programs that need a second of a core or more. Like the model checkers, they run
/// only with many rounds, and are shown as ignored otherwise.
const LONG: &[(&str, &str)] = &[
    ("async-downloads", "1"),
    ("gil", "1"),
    ("gil", "2"),
    ("image-processing", "1"),
    ("mixed-workload", "1"),
    ("mixed-workload", "2"),
    ("parallel-sum", "2"),
    ("process-pool", "2"),
    ("sum-of-squares", "1-then"),
    ("task-granularity", "1"),
    ("task-granularity", "2"),
];

pub fn trials() -> Vec<Trial> {
    let mut trials = Vec::new();
    for example in examples() {
        for patch in patches(&example) {
            trials.extend(checker_trial(&example, &patch));
            trials.push(answer_trial(&example, Some(patch)));
        }
        if !quotes(&example, None, false).is_empty() {
            trials.push(answer_trial(&example, None));
        }
    }
    trials.push(trial(
        "try_it: every exercise has a patch, or a reason to have none",
        complete,
    ));
    trials
}

fn answer_trial(example: &Example, patch: Option<String>) -> Trial {
    let listed = patch.as_deref().map(|patch| (example.name.as_str(), patch));
    let is_long = listed.is_some_and(|it| LONG.contains(&it));
    // Only Linux tells whether a program hangs.
    let is_hidden = cfg!(not(target_os = "linux"))
        && quotes(example, patch.as_deref(), false)
            .iter()
            .any(|quote| quote.text.ends_with("\n^C\n"));
    let title = patch.as_deref().unwrap_or("without a patch");
    let title = format!("try_it: {}: {title}", example.name);
    let example = example.clone();
    trial(title, move || answer(&example, patch.as_deref()))
        .with_ignored_flag(is_long && rounds() <= FEW || is_hidden)
}

fn checker_trial(example: &Example, patch: &str) -> Option<Trial> {
    if quotes(example, Some(patch), true).is_empty() {
        return None;
    }
    let title = format!("try_it: {}: {patch}, model checker", example.name);
    let (example, patch) = (example.clone(), patch.to_owned());
    let checks = trial(title, move || checker(&example, &patch));
    Some(checks.with_ignored_flag(rounds() <= FEW))
}

struct Exercise {
    number: usize,
    /// The patches that the answer links to.
    patches: BTreeSet<String>,
    quotes: Vec<Quote>,
}

/// A `console` fence in an answer.
struct Quote {
    patch: Option<String>,
    text: String,
    indent: String,
}

impl Quote {
    fn is_of_a_checker(&self) -> bool {
        self.text.starts_with("$ cargo test ")
    }
}

static LINK: LazyLock<Regex> =
    LazyLock::new(|| regex(r"\]\(try-it/([^)]*)\.patch\)"));
static NUMBER: LazyLock<Regex> = LazyLock::new(|| regex(r"^(\d+)\. "));

fn regex(words: &str) -> Regex {
    Regex::new(words).expect("the expression is right")
}

fn exercises(example: &Example) -> Vec<Exercise> {
    let chapter = example.read("README.md");
    let (_, section) = chapter.split_once("\n## Try it\n").unwrap_or_default();
    let (section, _) = section.split_once("\n---\n").unwrap_or((section, ""));

    let mut exercises: Vec<Exercise> = Vec::new();
    let mut patch = None;
    let mut quote: Option<Quote> = None;
    for line in section.lines() {
        let begins = NUMBER.captures(line).map(|found| found[1].parse());
        // A single exercise has no number.
        if begins.is_some() || exercises.is_empty() && !line.is_empty() {
            exercises.push(Exercise {
                number: begins.and_then(Result::ok).unwrap_or(1),
                patches: BTreeSet::new(),
                quotes: Vec::new(),
            });
            patch = None;
        }
        let Some(exercise) = exercises.last_mut() else {
            continue;
        };
        if let Some(mut open) = quote.take() {
            if line.trim() == "```" {
                exercise.quotes.push(open);
            } else {
                open.text += line.strip_prefix(&open.indent).unwrap_or(line);
                open.text += "\n";
                quote = Some(open);
            }
        } else if let Some(indent) = line.strip_suffix("```console") {
            quote = Some(Quote {
                patch: patch.clone(),
                text: String::new(),
                indent: indent.into(),
            });
        }
        for found in LINK.captures_iter(line) {
            patch = Some(found[1].to_owned());
            exercise.patches.extend(patch.clone());
        }
    }
    exercises
}

fn complete() -> Checked {
    let mut wrong = Vec::new();
    for example in examples() {
        let name = &example.name;
        let mut linked = BTreeSet::new();
        for exercise in exercises(&example) {
            let number = exercise.number;
            let listed = NO_PATCH.iter().any(|it| (it.0, it.1) == (name, number));
            if exercise.patches.is_empty() != listed {
                wrong.push(format!("{name}: {number} has no patch, or is listed"));
            }
            let prefix = number.to_string();
            if !exercise.patches.iter().all(|p| p.starts_with(&prefix)) {
                wrong.push(format!("{name}: {number} has the patch of another"));
            }
            linked.extend(exercise.patches);
            let mut quotes = exercise.quotes.iter();
            if quotes.any(|it| it.patch.is_none() && it.is_of_a_checker()) {
                wrong.push(format!("{name}: {number} checks no patch"));
            }
        }
        let there = patches(&example);
        if !there.iter().eq(&linked) {
            wrong.push(format!("{name}: patches {there:?}, links {linked:?}"));
        }
        if there.len() > MOST {
            wrong.push(format!("{name}: more than {MOST} patches"));
        }
    }
    let is_there = |name: &str, patch: &str| {
        let mut examples = examples().into_iter();
        let example = examples.find(|example| example.name == name);
        example.is_some_and(|it| patches(&it).iter().any(|there| there == patch))
    };
    let varies = VARIES.iter().map(|it| (it.0, it.1));
    for (name, patch) in varies.chain([OFTEN, MAY_HANG, LONG].concat()) {
        if !is_there(name, patch) {
            wrong.push(format!("{name}: {patch} is listed, but not there"));
        }
    }
    for (name, number, _) in NO_PATCH {
        let exercises = exercises(&Example::named(name));
        if !exercises.iter().any(|exercise| exercise.number == *number) {
            wrong.push(format!("{name}: {number} is listed, but not there"));
        }
    }
    ensure(wrong.is_empty(), || format!("{wrong:#?}"))
}

/// Checks what the chapter quotes from the example with this patch.
fn answer(example: &Example, patch: Option<&str>) -> Checked {
    let program = match patch {
        Some(patch) => patched::program(example, patch)?,
        None => binary(&example.name).to_owned(),
    };
    let quotes = quotes(example, patch, false);
    ensure(!quotes.is_empty(), || {
        "the answer shows no run with this patch".into()
    })?;
    let is_listed = |list: &[(&str, &str)]| {
        patch.is_some_and(|patch| list.contains(&(&example.name, patch)))
    };
    for quote in quotes {
        let mut runs = if is_listed(OFTEN) { MANY } else { 1 };
        loop {
            let run = run(example, &program, &quote.text, is_listed(MAY_HANG))?;
            let checked = compare(example, patch, &quote.text, &run);
            runs -= 1;
            if checked.is_ok() {
                break;
            }
            if env::var_os("UPDATE").is_some() {
                update(example, &quote, &run)?;
                break;
            }
            if runs == 0 {
                return checked;
            }
        }
    }
    Ok(())
}

/// What the chapter quotes from the example with this patch, or from a checker.
fn quotes(example: &Example, patch: Option<&str>, checkers: bool) -> Vec<Quote> {
    let mut quotes = Vec::new();
    for exercise in exercises(example) {
        quotes.extend(exercise.quotes);
    }
    quotes.retain(|quote| {
        quote.patch.as_deref() == patch && quote.is_of_a_checker() == checkers
    });
    quotes
}

fn update(example: &Example, quote: &Quote, run: &str) -> Checked {
    let fence = |text: &str| {
        let mut fence = String::new();
        for line in text.lines() {
            fence.extend([&quote.indent, line, "\n"]);
        }
        fence
    };
    rewrite(
        &example.folder.join("README.md"),
        &fence(&quote.text),
        &fence(&cut_like(&quote.text, run)),
    )
}

/// Runs the model checker on the example with this patch, and compares its words.
fn checker(example: &Example, patch: &str) -> Checked {
    let command = regex(r"^\$ cargo test -qp (\w+)-checks (\w+)\n");
    for quote in quotes(example, Some(patch), true) {
        let command = command.captures(&quote.text);
        let command = command.ok_or("not `$ cargo test -qp CHECKS FILTER`")?;
        let program = patched::checker(&command[1])?;
        let run = Program::new(program).args(["-q", &command[2]]).run()?;
        ensure(!run.status.success(), || "it finds nothing".into())?;
        let printed = format!("{}{}", &command[0], run.output);
        compare(example, Some(patch), &quote.text, &printed)?;
    }
    Ok(())
}

/// The patch with which a model checker finds a bug.
pub fn for_a_checker(example: &Example) -> Option<String> {
    let mut patches = patches(example).into_iter();
    patches.find(|patch| !quotes(example, Some(patch), true).is_empty())
}

/// What is in a fence when its command is run now.
fn run(
    example: &Example,
    program: &Path,
    quote: &str,
    may_hang: bool,
) -> Result<String, Failed> {
    let head = quote.lines().next().unwrap_or_default();
    let command = regex(concat!(
        r"^\$ (?:(\w+)=(\S+) )?",
        r"cargo run -qp ([\w-]+)(?: -- (.*?))?(; echo \$\?)?$",
    ));
    let command = command
        .captures(head)
        .filter(|found| found[3] == example.name)
        .ok_or_else(|| format!("not `$ cargo run -qp {}`: {head}", example.name))?;
    let mut program = Program::new(program);
    if let (Some(name), Some(value)) = (command.get(1), command.get(2)) {
        program = program.env(name.as_str(), value.as_str());
    }
    let args = command.get(4).map_or("", |args| args.as_str());
    let mut run = program.args(args.split_whitespace()).start();

    if may_hang {
        // What comes first comes in any case.
        let first = run.next_line().unwrap_or_default();
        return Ok(format!("{head}\n{first}^C\n"));
    }
    let hangs = quote.ends_with("\n^C\n");
    if hangs {
        ensure(run.comes_to_rest(), || "it ends by itself".into())?;
        run.signal(Signal::Kill);
    }
    let run = run.finish()?;
    let shows_code = command.get(5).is_some();
    if !hangs && !shows_code {
        let fails = quote.lines().any(|line| line.starts_with("Error: "));
        ensure(run.status.success() != fails, || {
            format!("{}:\n{}", run.status, run.output)
        })?;
    }
    let mut output = format!("{head}\n{}", run.output);
    if hangs {
        output += "^C\n";
    }
    if shows_code {
        output += &shells_code(run.status).to_string();
        output += "\n";
    }
    // As if the example itself had been changed.
    let place = regex(&format!("patched-\\d/{}/", example.name));
    let output = place.replace_all(&output, format!("{}/", example.place()));
    // Whether a core was dumped depends on the machine.
    Ok(output.replace(" (core dumped)", ""))
}

/// What `$?` is in a shell.
fn shells_code(status: ExitStatus) -> i32 {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return 128 + signal;
    }
    status.code().unwrap_or(-1)
}

fn compare(
    example: &Example,
    patch: Option<&str>,
    quote: &str,
    run: &str,
) -> Checked {
    let name = &example.name;
    let (mut quoted, mut printed) = (quote.to_owned(), run.to_owned());
    for (_, _, varies, same) in VARIES
        .iter()
        .filter(|it| (it.0, Some(it.1)) == (name, patch))
    {
        let varies = regex(&format!("(?m){varies}"));
        for text in [&mut quoted, &mut printed] {
            *text = varies.replace_all(text, *same).into_owned();
        }
    }
    same_run(&quoted, &(name.clone(), printed))
}
