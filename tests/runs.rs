//! Every program runs without arguments, ends well, says something, and leaves
//! nothing behind: no process, no zombie, no temporary file.

use libtest_mimic::Trial;
use support::{
    Checked, Example, Language, Program, common_run, ensure, for_each_example,
    many_runs,
};

use crate::common_form::common_form;

pub fn trials() -> Vec<Trial> {
    for_each_example("runs", runs)
}

fn runs(example: &Example) -> Checked {
    let run = common_run(example, Language::Rust, &[])?;
    ensure(run.status.success(), || {
        format!("{}, printed:\n{}", run.status, run.output)
    })?;
    ensure(!run.output.trim().is_empty(), || "prints nothing".into())?;
    Ok(run.nothing_left?)
}

/// The bug that an example shows on purpose is there in every run: it prints what
/// the chapter shows, to the letter.
pub fn always_the_same(name: &str, rounds: u32) -> Checked {
    let example = Example::named(name);
    let chapter = example.printed_in_chapter(&format!("cargo run -qp {name}"));
    let chapter = chapter.ok_or("the chapter does not show the run")?;
    // Many at once: they wait more than they compute.
    many_runs(
        rounds,
        20,
        || Program::rust(&example),
        |run| ensure(run.output == chapter, || run.output.clone()),
    )
}

/// The same where several actors print, so that their lines may interleave.
pub fn always_in_the_same_form(name: &str, rounds: u32) -> Checked {
    let example = Example::named(name);
    let chapter = example.printed_in_chapter(&format!("cargo run -qp {name}"));
    let chapter = chapter.ok_or("the chapter does not show the run")?;
    let expected = common_form(name, &chapter);
    many_runs(
        rounds,
        20,
        || Program::rust(&example),
        |run| {
            let same = common_form(name, &run.output) == expected;
            ensure(same, || run.output.clone())
        },
    )
}

/// The same, and the chapter shows this so many times.
pub fn always_shows(name: &str, shown: &str, times: usize, rounds: u32) -> Checked {
    let example = Example::named(name);
    let chapter = example.printed_in_chapter(&format!("cargo run -qp {name}"));
    let chapter = chapter.ok_or("the chapter does not show the run")?;
    let form = common_form(name, &chapter);
    ensure(form.matches(shown).count() == times, || form.clone())?;
    always_in_the_same_form(name, rounds)
}
