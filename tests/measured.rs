//! Every figure quoted in a chapter is one that a run gave.

use std::collections::BTreeSet;

use libtest_mimic::Trial;
use regex::Regex;
use support::{Checked, Example, Program, ensure, trial};

use crate::common_form::common_form;

pub fn trials() -> Vec<Trial> {
    vec![
        trial(
            "measured: threads-vs-processes: what the chapter says",
            chapter_figures,
        ),
        trial(
            "measured: threads-vs-processes: results.txt has the form of a run",
            results,
        ),
    ]
}

fn example() -> Example {
    Example::named("threads-vs-processes")
}

/// Every figure in the chapter, up to what Python prints, stands in results.txt.
fn chapter_figures() -> Checked {
    let example = example();
    let results = example.read("results.txt");
    let chapter = example.read("README.md");
    let (claims, _) = chapter
        .split_once("## From Python")
        .ok_or("nothing about Python")?;
    let figure = Regex::new(r"\d+\.?\d* (ns|µs|ms|KiB|MiB|of 8)\b|\d[\d.]* times")?;
    let figures: BTreeSet<&str> =
        figure.find_iter(claims).map(|f| f.as_str()).collect();
    ensure(figures.len() > 10, || format!("only {figures:?}"))?;
    let wrong: Vec<&&str> = figures
        .iter()
        .filter(|figure| !results.contains(**figure))
        .collect();
    ensure(wrong.is_empty(), || {
        format!("not in results.txt: {wrong:?}")
    })?;
    for file in ["results.txt", "results-python.txt"] {
        let release = example.read(file).contains("release build");
        ensure(release, || format!("{file}: no release build"))?;
    }
    Ok(())
}

fn results() -> Checked {
    let run = Program::rust(&example()).run()?;
    ensure(run.status.success(), || run.output.clone())?;
    same_form("results.txt", &run.output)
}

/// What a release build printed once has the rows and words of a run now.
fn same_form(file: &str, printed: &str) -> Checked {
    let example = example();
    let form = |text: &str| {
        let note = |line: &&str| !line.starts_with("(A debug build");
        let lines: Vec<&str> = text.lines().filter(note).collect();
        common_form(&example.name, &lines.join("\n"))
    };
    let (committed, now) = (form(&example.read(file)), form(printed));
    ensure(committed == now, || {
        let diff = similar::TextDiff::from_lines(&committed, &now);
        diff.unified_diff().header(file, "a run").to_string()
    })
}
