//! The Python program prints what the Rust program prints, but for what may vary.
//!
//! Where python3 or a module is missing, the test is shown as ignored. In CI it
//! fails.

use libtest_mimic::Trial;
use similar::TextDiff;
use tests::program::python_is_missing;
use tests::{Checked, Example, Program, common_form, ensure, examples};

fn main() {
    let test = |example: Example| {
        let missing = python_is_missing(&example);
        let kind = missing.clone().unwrap_or_default();
        let name = example.name.clone();
        Trial::test(name, move || same(&example))
            .with_ignored_flag(missing.is_some())
            .with_kind(kind)
    };
    tests::run(examples().into_iter().map(test).collect())
}

fn same(example: &Example) -> Checked {
    let (rust, python) =
        (Program::rust(example).start(), Program::python(example).start());
    let (rust, python) = (rust.finish()?, python.finish()?);
    ensure(python.status.success(), || {
        format!("{}:\n{}", python.status, python.output)
    })?;
    python.nothing_left()?;
    let form = |printed: &str| common_form(&example.name, printed);
    let (rust, python) = (form(&rust.output), form(&python.output));
    ensure(rust == python, || {
        TextDiff::from_lines(&rust, &python)
            .unified_diff()
            .header("Rust", "Python")
            .to_string()
    })
}
