//! The Python program prints what the Rust program prints, but for what may vary.
//!
//! Where python3 or a module is missing, the test is shown as ignored. In CI it
//! fails.

use libtest_mimic::Trial;
use similar::TextDiff;
use tests::program::python_is_missing;
use tests::{
    Checked, Example, Finished, Program, common_form, ensure, examples, root,
};

/// Programs that cannot print the same in both languages, and why. Their chapters
/// have a console fence for each: that of the Python program is proved here.
const OWN_OUTPUT: &[(&str, &str)] = &[
    ("crash-isolation", "Python has other crashes than Rust"),
    ("process-pool", "a crash breaks Python's pool"),
    ("locked-counter", "Python has no atomic integer"),
    ("threads-vs-processes", "all of it is measured"),
    (
        "shared-memory",
        "in Python, the lock of a killed process is never free",
    ),
    ("task-granularity", "Python has no debug build to warn of"),
];

/// Arguments with which the two are compared, too.
const ARGUMENTS: &[(&str, &[&str])] = &[
    ("manager", &["1"]),
    ("manager", &["3"]),
    ("parallel-sum", &["0"]),
    ("parallel-sum", &["2345"]),
    ("sum-of-squares", &["0"]),
    ("sum-of-squares", &["12345"]),
];

fn main() {
    let test = |example: Example, args: &'static [&str]| {
        let missing = python_is_missing(&example);
        let kind = missing.clone().unwrap_or_default();
        let name = [&[example.name.as_str()], args].concat().join(" ");
        let own = OWN_OUTPUT.iter().any(|(own, _)| *own == example.name);
        let check = move || {
            if own {
                same_as_in_chapter(&example)
            } else {
                same(&example, args)
            }
        };
        Trial::test(name, check)
            .with_ignored_flag(missing.is_some())
            .with_kind(kind)
    };
    let without = examples().into_iter().map(|example| test(example, &[]));
    let with = ARGUMENTS
        .iter()
        .map(|(name, args)| test(Example::named(name), args));
    tests::run(without.chain(with).collect())
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
