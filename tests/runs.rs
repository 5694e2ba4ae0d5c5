//! Every program runs without arguments, ends well, says something, and leaves
//! nothing behind: no process, no zombie, no temporary file.

use tests::{Checked, Example, Program, ensure};

fn main() {
    tests::run(tests::for_each_example(runs))
}

fn runs(example: &Example) -> Checked {
    let run = Program::rust(example).run()?;
    ensure(run.status.success(), || {
        format!("{}, printed:\n{}", run.status, run.output)
    })?;
    ensure(!run.output.trim().is_empty(), || "prints nothing".into())?;
    Ok(run.nothing_left()?)
}
