//! What the compiler refuses, it refuses for the reason that is given: beside each
//! program stands its cure, which compiles. Some share one: `list_cured.rs` is the
//! cure of each `list_without_*.rs`.
//!
//! `UPDATE=1 cargo test -p tests lost-update` writes the message that the
//! chapter of lost-update shows.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use libtest_mimic::{Failed, Trial};
use regex::Regex;
use serde_json::Value;
use support::program;
use support::{Checked, Example, ensure, examples, root, trial};

/// The program whose message the chapter shows, and the file it is written to.
const SHOWN: (&str, &str) = ("two_mutable_borrows.rs", "rejected.txt");
/// The places that it shows: they have been called so for years.
const PLACES: &str = "mutable borrow occurs here";

pub fn trials() -> Vec<Trial> {
    let mut trials = Vec::new();
    for file in files() {
        let title = format!("rejected: {}", name(&file));
        trials.push(trial(title, move || {
            if is_cure(&file) {
                accepted(&file)
            } else {
                refused(&file)
            }
        }));
    }
    trials.push(trial("rejected: all of them in a table", listed));
    trials
}

/// The programs, refused ones and cures.
fn files() -> Vec<PathBuf> {
    let mut files = program::files(&root().join("tests/rejected"));
    files.sort();
    files
}

fn name(file: &Path) -> &str {
    file.file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default()
}

fn is_cure(file: &Path) -> bool {
    name(file).ends_with("_cured.rs")
}

/// The cure of a refused program.
pub fn cure(file: &Path) -> PathBuf {
    let name = name(file).trim_end_matches(".rs");
    let (name, _) = name.split_once("_without_").unwrap_or((name, ""));
    file.with_file_name(format!("{name}_cured.rs"))
}

/// An error that the compiler found.
struct Error {
    code: String,
    message: String,
    /// Where it is: the line, the columns, and what the compiler says about it.
    places: Vec<(usize, usize, usize, String)>,
}

/// What stands for the code of an error that has none.
const NO_CODE: &str = "error";

/// The code and the message that stand in the head of a refused program, as
/// `error[E0499]: cannot borrow ...`, or `error: future ...` if there is no code.
/// The compiler may say more.
pub fn expected(source: &str) -> Result<(&str, &str), Failed> {
    let mut lines = source.lines().take_while(|line| line.starts_with("//!"));
    let line = lines.find_map(|line| line.strip_prefix("//! error"));
    let (code, message) = line
        .and_then(|line| line.split_once(": "))
        .ok_or("its head names no error")?;
    let code = code
        .strip_prefix('[')
        .and_then(|code| code.strip_suffix(']'));
    Ok((code.unwrap_or(NO_CODE), message))
}

fn refused(file: &Path) -> Checked {
    let cure = cure(file);
    ensure(cure.exists(), || format!("there is no {}", name(&cure)))?;
    let source = fs::read_to_string(file)?;
    let (code, message) = expected(&source)?;
    let errors = compile(file)?;
    ensure(!errors.is_empty(), || "it compiles".into())?;
    for error in errors {
        let right = error.code == code && error.message.starts_with(message);
        ensure(right, || {
            format!("error[{}]: {}", error.code, error.message)
        })?;
    }
    Ok(())
}

fn accepted(file: &Path) -> Checked {
    let refused = |other: &PathBuf| !is_cure(other) && cure(other) == file;
    ensure(files().iter().any(refused), || {
        "it cures nothing that is here".into()
    })?;
    let errors = compile(file)?;
    let messages = || errors.iter().map(|error| error.message.as_str()).collect();
    ensure(errors.is_empty(), messages)
}

/// What the compiler has against the program: errors, and also warnings.
fn compile(file: &Path) -> Result<Vec<Error>, Failed> {
    let folder = tempfile::tempdir()?;
    let compiled = Command::new(rustc())
        .args([
            "--edition",
            "2024",
            "--emit=metadata",
            "--error-format=json",
            "-o",
        ])
        .arg(folder.path().join("program.rmeta"))
        .arg(file)
        .output()?;
    let messages = String::from_utf8(compiled.stderr)?;
    let errors: Vec<Error> = messages
        .lines()
        .map(|line| serde_json::from_str(line).map(|message| error(&message)))
        .filter_map(Result::transpose)
        .collect::<Result<_, _>>()
        .map_err(|error| format!("{error} in:\n{messages}"))?;
    ensure(compiled.status.success() == errors.is_empty(), || messages)?;
    Ok(errors)
}

/// `None` for what has no place: how many errors there were, where to read more.
fn error(message: &Value) -> Option<Error> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    // Compilers differ in how much of a type's path they print.
    let path = Regex::new(r"\b(\w+::)+").expect("the expression is right");
    let spans = message["spans"].as_array().into_iter().flatten();
    let number = |span: &Value, field: &str| {
        let number = span[field].as_u64().unwrap_or_default();
        usize::try_from(number).unwrap_or_default()
    };
    let mut places: Vec<_> = spans
        .map(|span| {
            let columns =
                (number(span, "column_start"), number(span, "column_end"));
            let label = text(&span["label"]);
            (number(span, "line_start"), columns.0, columns.1, label)
        })
        .collect();
    places.sort();
    (!places.is_empty()).then(|| Error {
        code: message["code"]["code"].as_str().unwrap_or(NO_CODE).into(),
        message: path
            .replace_all(&text(&message["message"]), "")
            .into_owned(),
        places,
    })
}

/// The compiler that belongs to the cargo that runs the tests.
pub fn rustc() -> PathBuf {
    let beside = |cargo| PathBuf::from(cargo).with_file_name("rustc");
    let beside = env::var_os("CARGO")
        .map(beside)
        .filter(|rustc| rustc.exists());
    let named = env::var_os("RUSTC").map(PathBuf::from);
    named.or(beside).unwrap_or("rustc".into())
}

/// The message as the compiler prints it, in a form that is the same for every
/// version: what the head of the program says, and the places that it points at.
pub fn shown() -> Checked {
    let (program, text) = SHOWN;
    let file = root().join("tests/rejected").join(program);
    let source = fs::read_to_string(&file)?;
    let (code, message) = expected(&source)?;
    let mut shown = format!("error[{code}]: {message}\n");
    for error in compile(&file)? {
        let places = error.places.into_iter();
        for (line, begin, end, label) in
            places.filter(|(.., label)| label.ends_with(PLACES))
        {
            let code = source.lines().nth(line - 1).unwrap_or_default();
            let marks = " ".repeat(begin - 1) + &"^".repeat(end - begin);
            writeln!(shown, "{line} | {code}\n   | {marks} {label}")?;
        }
    }
    let example = Example::named("lost-update");
    if env::var_os("UPDATE").is_some() {
        fs::write(example.folder.join(text), &shown)?;
    }
    ensure(example.read(text) == shown, || {
        format!("{text} is not:\n{shown}")
    })
}

/// All of them are in a table of a chapter, or of the book's page about them.
/// (`pages.rs` wants all of them in the page.)
fn listed() -> Checked {
    let mut chapters: String = examples()
        .iter()
        .map(|example| example.read("README.md"))
        .collect();
    let page = root().join("shared/book/pages/compiler.md");
    chapters += &fs::read_to_string(page)?;
    for file in files().iter().filter(|file| !is_cure(file)) {
        let source = fs::read_to_string(file)?;
        let (code, message) = expected(&source)?;
        let row = format!("| {code}: {message} |");
        ensure(chapters.contains(&row), || format!("not there: {row}"))?;
    }
    Ok(())
}
