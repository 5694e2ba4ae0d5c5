//! The Python program prints what the Rust program prints, but for what may vary.
//!
//! Where python3 or a module is missing, the test is shown as ignored. In CI it
//! fails.

use libtest_mimic::Trial;
use similar::TextDiff;
use support::program::python_is_missing;
use support::{Checked, Example, Finished, Program, ensure, examples, root, trial};

use crate::common_form::common_form;
use crate::examples::special;

pub fn trials() -> Vec<Trial> {
    let mut trials = Vec::new();
    for example in examples() {
        trials.push(twins(&example, &[]));
        for args in special(&example.name).compared {
            trials.push(twins(&example, args));
        }
    }
    trials
}

fn twins(example: &Example, args: &'static [&str]) -> Trial {
    let missing = python_is_missing(example);
    let name = [&["python_twins:", example.name.as_str()], args]
        .concat()
        .join(" ");
    let example = example.clone();
    let own_output = special(&example.name).own_output.is_some();
    trial(name, move || {
        if own_output {
            same_as_in_chapter(&example)
        } else {
            same(&example, args)
        }
    })
    .with_ignored_flag(missing.is_some())
    .with_kind(missing.unwrap_or_default())
}

fn same(example: &Example, args: &[&str]) -> Checked {
    let rust = Program::rust(example).args(args).start();
    let python = Program::python(example).args(args).start();
    let (rust, python) = (rust.finish()?, python.finish()?);
    agree(example, ("Rust", &rust.output), &python)
}

fn same_as_in_chapter(example: &Example) -> Checked {
    let file = example.python();
    let file = file
        .strip_prefix(root())?
        .to_string_lossy()
        .replace('\\', "/");
    let printed = example.printed_in_chapter(&format!("python3 {file}"));
    let printed = printed.ok_or("the chapter has no console fence for it")?;
    agree(
        example,
        ("the chapter", &printed),
        &Program::python(example).run()?,
    )
}

fn agree(example: &Example, other: (&str, &str), python: &Finished) -> Checked {
    ensure(python.status.success(), || {
        format!("{}:\n{}", python.status, python.output)
    })?;
    python.nothing_left()?;
    let (name, printed) = other;
    let form = |printed: &str| common_form(&example.name, printed);
    let (printed, python) = (form(printed), form(&python.output));
    ensure(printed == python, || {
        TextDiff::from_lines(&printed, &python)
            .unified_diff()
            .header(name, "Python")
            .to_string()
    })
}
