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

/// Every figure in the chapter, up to how they are made, stands in results.txt.
fn chapter_figures() -> Checked {
    let example = example();
    let measured =
        ["results.txt", "results-python.txt"].map(|file| example.read(file));
    let chapter = example.read("README.md");
    let (claims, _) = chapter.split_once("**How a figure").ok_or("no claims")?;
    let figure = Regex::new(r"\d+\.?\d* (ns|µs|ms|KiB|MiB|of 8)\b|\d\.\d\d times")?;
    let inputs = ["1 MiB", "0.1 ms"]; // of a row's name, and a rule of thumb
    let figures: BTreeSet<&str> =
        figure.find_iter(claims).map(|f| f.as_str()).collect();
    ensure(figures.len() > 10, || format!("only {figures:?}"))?;
    let wrong: Vec<&&str> = figures
        .iter()
        .filter(|figure| !inputs.contains(figure))
        .filter(|figure| !measured[0].contains(**figure))
        .collect();
    ensure(wrong.is_empty(), || {
        format!("not in results.txt: {wrong:?}")
    })?;
    let release = measured
        .iter()
        .all(|text| text.contains("\nRun: release, "));
    ensure(release, || "no release build".into())
}

fn results() -> Checked {
    let run = Program::rust(&example()).run()?;
    ensure(run.status.success(), || run.output.clone())?;
    same_form("results.txt", &run.output)
}

/// What a release build printed once has the rows and words of a run now.
pub fn same_form(file: &str, printed: &str) -> Checked {
    let example = example();
    let form = |text: &str| {
        let note = |line: &&str| !line.starts_with("A short run");
        let lines: Vec<&str> = text.lines().filter(note).collect();
        common_form(&example.name, &lines.join("\n"))
    };
    let (committed, now) = (form(&example.read(file)), form(printed));
    ensure(committed == now, || {
        let diff = similar::TextDiff::from_lines(&committed, &now);
        diff.unified_diff().header(file, "a run").to_string()
    })
}
