//! Every answer of a "Try it" that changes code is a patch beside the example, and
//! what the answer quotes is what the patched program prints.
//!
//! A fence in an answer shows a run with the patch that is linked above it, or of
//! the example as it is if there is none. If it ends with `^C`, the program hangs.
//! `UPDATE=1 cargo test -p tests try_it` writes new runs into the chapters.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::{env, fs};

use libtest_mimic::{Failed, Trial};
use regex::Regex;
use support::program::{Built, files, try_to_build, write};
use support::{
    Checked, Example, FEW, Program, ensure, examples, root, rounds, trial,
};

use crate::chapters::{cut_like, rewrite, same_run};
use crate::copies::target;

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

/// Programs that take seconds of all cores. Like the model checkers, they run only
/// with many rounds, and are shown as ignored otherwise.
const LONG: &[(&str, &str)] = &[
    ("gil", "1"),
    ("gil", "2"),
    ("mixed-workload", "1"),
    ("mixed-workload", "2"),
    ("sum-of-squares", "1-then"),
    ("task-granularity", "1"),
    ("task-granularity", "2"),
];

/// How many patches an example may have: there is a workspace for the first patches
/// of all examples, one for the second patches, and one for the third.
const MOST: usize = 3;

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

/// The names of the example's patches: `1` for the answer to exercise 1, `1-then`
/// for a second change in it.
fn patches(example: &Example) -> Vec<String> {
    let folder = example.folder.join("try-it");
    let mut names = Vec::new();
    for file in fs::read_dir(folder).into_iter().flatten() {
        let file = file.expect("the folder can be read").path();
        if file.extension() == Some("patch".as_ref()) {
            names.extend(
                file.file_stem().and_then(|n| n.to_str()).map(String::from),
            );
        }
    }
    names.sort();
    names
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
        Some(patch) => patched(example, patch)?,
        None => support::program::binary(&example.name).to_owned(),
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

/// Runs the model checker on the example with this patch, and compares what it says.
fn checker(example: &Example, patch: &str) -> Checked {
    static BUILT: LazyLock<Result<Built, String>> = LazyLock::new(|| {
        let folder = target().join("try-it/checkers");
        write_checkers(&folder).map_err(words)?;
        Ok(build_in(&folder, "--tests"))
    });
    for quote in quotes(example, Some(patch), true) {
        let head = quote.text.lines().next().unwrap_or_default();
        let command = Regex::new(r"^\$ cargo test -qp (\w+)-checks (\w+)$")?;
        let command = command.captures(head).ok_or("not a checker's command")?;
        let built = BUILT.as_ref().map_err(Clone::clone)?;
        let program = built.programs.get(&command[1]);
        let program = program.ok_or_else(|| built.words.clone())?;
        let run = Program::new(program).args(["-q", &command[2]]).run()?;
        ensure(!run.status.success(), || "it finds nothing".into())?;
        compare(
            example,
            Some(patch),
            &quote.text,
            &format!("{head}\n{}", run.output),
        )?;
    }
    Ok(())
}

/// What is in a fence when its command is run now.
fn run(
    example: &Example,
    program: &Path,
    quote: &str,
    may_hang: bool,
) -> Result<String, Failed> {
    let head = quote.lines().next().unwrap_or_default();
    let command = Regex::new(
        r"^\$ (?:(\w+)=(\S+) )?cargo run -qp ([\w-]+)(?: -- (.*?))?(; echo \$\?)?$",
    )?;
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
        run.signal(support::process_table::Signal::Kill);
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
        output += &format!("{}\n", shells_code(&run.status));
    }
    // Whether a core was dumped depends on the machine.
    Ok(output.replace(" (core dumped)", ""))
}

/// What `$?` is in a shell.
fn shells_code(status: &std::process::ExitStatus) -> i32 {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(status) {
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

/// Where the program with this patch is.
fn patched(example: &Example, patch: &str) -> Result<PathBuf, Failed> {
    static BUILT: [LazyLock<Result<Built, String>>; MOST] = [
        LazyLock::new(|| build(1)),
        LazyLock::new(|| build(2)),
        LazyLock::new(|| build(3)),
    ];
    apply(example, patch)?;
    let there = patches(example);
    let place = there.iter().position(|other| other == patch);
    let built = place.and_then(|place| BUILT.get(place));
    let built = built.ok_or("too many patches")?.as_ref();
    let built = built.map_err(Clone::clone)?;
    let program = built.programs.get(&example.name);
    Ok(program.ok_or_else(|| built.words.clone())?.clone())
}

/// Builds a workspace of all examples that have so many patches, each with this one
/// of them.
fn build(number: usize) -> Result<Built, String> {
    let folder = target().join(format!("try-it/{number}"));
    write_workspace(&folder, number).map_err(words)?;
    Ok(build_in(&folder, "--bins"))
}

#[expect(clippy::needless_pass_by_value, reason = "map_err passes it so")]
fn words(error: Failed) -> String {
    error.message().unwrap_or("cannot be written").to_owned()
}

/// Builds a workspace. What its members depend on is built in our own already. The
/// compiler may warn of what an exercise makes useless.
fn build_in(folder: &Path, targets: &str) -> Built {
    try_to_build(
        folder,
        &[
            "--offline",
            "--keep-going",
            "--workspace",
            targets,
            "--target-dir",
            "target",
            "--config",
            &format!("build.build-dir = '{}'", target().display()),
            "--config",
            "profile.dev.incremental = false",
        ],
    )
}

fn write_workspace(folder: &Path, number: usize) -> Checked {
    // A name of its own: cargo tells packages apart by the place in their
    // workspace, and our own examples lie in the same build folder.
    let group = format!("patched-{number}");
    let mut members = Vec::new();
    let mut written = BTreeSet::new();
    for example in examples() {
        let patch = patches(&example).get(number - 1).cloned();
        let sources = patch.map(|patch| apply(&example, &patch));
        let Some(Ok(mut sources)) = sources else {
            continue; // `patched` says why a patch cannot be applied
        };
        sources.insert("Cargo.toml".into(), example.read("Cargo.toml"));
        for (file, source) in sources {
            let file = folder.join(&group).join(&example.name).join(file);
            write(&file, &source)?;
            written.insert(file);
        }
        members.push(example.name);
    }
    let members: Vec<String> = members
        .iter()
        .map(|name| format!("{group}/{name}"))
        .collect();
    write_manifest(folder, &members)?;
    remove_others(&folder.join(&group), &written)
}

/// The checkers, and beside them the examples with the patches that they are to
/// find out.
fn write_checkers(folder: &Path) -> Checked {
    let group = folder.join("patched-checkers");
    let mut written = BTreeSet::new();
    let checkers = root().join("tests/model-checkers");
    for file in files(&checkers) {
        let copy = group.join(file.strip_prefix(root())?);
        write(&copy, &fs::read_to_string(file)?)?;
        written.insert(copy);
    }
    for example in examples() {
        let patches = patches(&example);
        let patch = patches
            .iter()
            .find(|patch| !quotes(&example, Some(patch), true).is_empty());
        let sources = match patch {
            Some(patch) => apply(&example, patch)?,
            None => sources(&example),
        };
        for (file, source) in sources {
            let copy = group.join(example.place()).join(file);
            write(&copy, &source)?;
            written.insert(copy);
        }
    }
    let members = ["loom", "shuttle"];
    let members =
        members.map(|name| format!("patched-checkers/tests/model-checkers/{name}"));
    write_manifest(folder, &members)?;
    remove_others(&group, &written)
}

/// A file of an earlier copy may be gone.
fn remove_others(folder: &Path, written: &BTreeSet<PathBuf>) -> Checked {
    for file in files(folder) {
        if !written.contains(&file) {
            fs::remove_file(file)?;
        }
    }
    Ok(())
}

/// Writes our manifest and our lock file, with other members.
fn write_manifest(folder: &Path, members: &[String]) -> Checked {
    let ours = fs::read_to_string(root().join("Cargo.toml"))?;
    let start = "\n[workspace.package]\n";
    let (_, rest) = ours.split_once(start).ok_or("no [workspace.package]")?;
    // Only one package of a name can be in a workspace.
    let path = Regex::new(r#"([\w-]+) = \{ path = "([^"]*)" \}"#)?;
    let rest = path.replace_all(rest, |found: &regex::Captures| {
        let (name, place) = (&found[1], root().join(&found[2]));
        let mut members = members.iter().map(PathBuf::from);
        let member = members.find(|member| member.ends_with(name));
        format!(
            "{name} = {{ path = '{}' }}",
            member.unwrap_or(place).display()
        )
    });
    let mut manifest = format!(
        "[workspace]\nresolver = \"3\"\nmembers = {members:?}\n{start}{rest}"
    );
    // They are built once, and not debugged.
    for member in members
        .iter()
        .filter(|member| member.starts_with("patched-"))
    {
        let name = member.rsplit('/').next().unwrap_or_default();
        let is_there = [format!("{name}.opt"), format!("package.{name}]")];
        if is_there.iter().all(|text| !ours.contains(text)) && name != "loom" {
            manifest += &format!("\n[profile.dev.package.{name}]\ndebug = 0\n");
        }
    }
    write(&folder.join("Cargo.toml"), &manifest)?;
    let lock = fs::read_to_string(root().join("Cargo.lock"))?;
    Ok(write(&folder.join("Cargo.lock"), &lock)?)
}

/// The sources of the example, and their places in its folder.
fn sources(example: &Example) -> BTreeMap<PathBuf, String> {
    let mut sources = BTreeMap::new();
    for file in files(&example.folder.join("src")) {
        let name = file.strip_prefix(&example.folder).expect("it is inside");
        // A picture is not needed.
        if let Ok(text) = fs::read_to_string(&file) {
            sources.insert(name.to_owned(), text);
        }
    }
    sources
}

/// The sources of the example with a patch, which has the form of `git diff`. Its
/// lines have to be there, but their numbers do not matter.
fn apply(
    example: &Example,
    patch: &str,
) -> Result<BTreeMap<PathBuf, String>, String> {
    let patch = example.read(&format!("try-it/{patch}.patch"));
    let mut sources = sources(example);
    let start = format!("+++ b/{}/", example.place());
    for changes in patch.split("diff --git ").skip(1) {
        let (_, rest) = changes.split_once(&start).ok_or("no file of it")?;
        let (name, rest) = rest.split_once('\n').ok_or("no change")?;
        let source = sources.get_mut(Path::new(name)).ok_or("no such file")?;
        let mut done = 0;
        for hunk in rest.split("\n@@ ").map(|h| h.trim_start_matches("@@ ")) {
            let (mut old, mut new) = (String::new(), String::new());
            for line in hunk.lines().skip(1).map(|line| line.to_owned() + "\n") {
                match line.split_at(1) {
                    ("-", text) => old += text,
                    ("+", text) => new += text,
                    (" ", text) => {
                        old += text;
                        new += text;
                    }
                    _ => return Err(format!("no line of a patch: {line}")),
                }
            }
            let found = source[done..].find(&old).map(|place| done + place);
            let place =
                found.ok_or_else(|| format!("{name} has no lines\n{old}"))?;
            source.replace_range(place..place + old.len(), &new);
            done = place + new.len();
        }
    }
    Ok(sources)
}
