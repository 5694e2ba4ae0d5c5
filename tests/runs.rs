//! Every program runs without arguments, ends well, says something, and leaves
//! nothing behind: no process, no zombie, no temporary file.

use libtest_mimic::Trial;
use tests::{Checked, Example, Program, ensure, many_runs};

fn main() {
    let mut tests = tests::for_each_example(runs);
    // Less than two pipes hold, more than that, and far more.
    for (size, stuck) in [
        (0, false),
        (1, false),
        (8192, false),
        (1 << 18, true),
        (1 << 26, true),
    ] {
        tests.push(Trial::test(format!("pipes {size}: exact"), move || {
            exact(size, stuck)
        }));
    }
    // The bug that is shown on purpose is there in every run.
    tests.push(Trial::test("lost-update: the same in 300 runs", || {
        always_the_same("lost-update")
    }));
    tests::run(tests)
}

fn runs(example: &Example) -> Checked {
    let run = Program::rust(example).run()?;
    ensure(run.status.success(), || {
        format!("{}, printed:\n{}", run.status, run.output)
    })?;
    ensure(!run.output.trim().is_empty(), || "prints nothing".into())?;
    Ok(run.nothing_left()?)
}

/// All bytes arrive, one way and both ways, and write-then-read gets stuck or not.
fn exact(size: u32, stuck: bool) -> Checked {
    let run = Program::rust(&Example::named("pipes"))
        .arg(size.to_string())
        .run()?;
    ensure(run.status.success(), || run.output.clone())?;
    let lines: Vec<&str> = run.output.lines().collect();
    ensure(lines.len() == 5, || run.output.clone())?;
    for (line, end) in [(0, " came"), (1, " came back"), (3, " came back")] {
        let right = lines[line].ends_with(&format!(": {size} bytes{end}"));
        ensure(right, || run.output.clone())?;
    }
    let (_, end) = lines[2].split_once("then read: ").ok_or("no third line")?;
    let right = if stuck {
        end.starts_with("stuck after ")
            && end.ends_with(&format!("of {size} bytes"))
    } else {
        end == format!("{size} bytes came back")
    };
    ensure(right, || run.output.clone())?;
    Ok(run.nothing_left()?)
}

/// Prints what the chapter shows, to the letter.
fn always_the_same(name: &str) -> Checked {
    let example = Example::named(name);
    let chapter = example.printed_in_chapter(&format!("cargo run -qp {name}"));
    let chapter = chapter.ok_or("the chapter does not show the run")?;
    // Many at once: they wait more than they compute.
    many_runs(
        15,
        20,
        || Program::rust(&example),
        |run| ensure(run.output == chapter, || run.output.clone()),
    )
}
