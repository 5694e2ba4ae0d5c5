//! Bad input gets one clear line that names it and the right exit code, and nothing
//! else is lost. Output that nobody reads any more hangs nothing.

use std::path::PathBuf;
use std::{fs, process};

use libtest_mimic::Trial;
use support::program::{binary, files};
use support::{
    Checked, Example, FEW, Program, ensure, examples, rounds, trial, unix_trial,
};

use crate::examples::special;

pub fn trials() -> Vec<Trial> {
    let mut trials = Vec::new();
    for example in examples() {
        let Example { name, .. } = example.clone();
        for &(args, code, names) in special(&name).refused {
            let title = format!("bad_input: {name} {}", args.join(" "));
            let name = name.clone();
            trials.push(trial(title, move || refused(&name, args, code, names)));
        }
        trials.push(trial(
            format!("bad_input: {name}: output closed early"),
            move || output_closed(&example),
        ));
        let quiet = name.clone();
        trials.push(unix_trial(
            format!("bad_input: {name}: quiet when closed"),
            move || quiet_when_closed(&quiet),
        ));
        trials.push(
            trial(format!("bad_input: {name}: a full disk"), move || {
                full_disk(&name)
            })
            .with_ignored_flag(cfg!(not(target_os = "linux"))), // /dev/full
        );
    }
    trials
}

fn refused(name: &str, args: &[&str], code: i32, names: &str) -> Checked {
    let run = Program::rust(&Example::named(name)).args(args).run()?;
    ensure(run.code() == Some(code), || run.status.to_string())?;
    ensure(run.output.lines().count() == 1, || {
        format!("one line:\n{}", run.output)
    })?;
    ensure(run.output.contains(names), || {
        format!("names {names}:\n{}", run.output)
    })?;
    Ok(run.nothing_left()?)
}

/// As `cargo run -qp NAME | head -1` does.
fn output_closed(example: &Example) -> Checked {
    let mut run = Program::rust(example).start();
    run.close_output_after_a_line();
    let run = run.finish()?;
    // Children end by themselves, but not at the same moment.
    run.others_end()?;
    Ok(run.no_files_left()?)
}

/// Values of `RUST_BACKTRACE`: in many rounds each of them has a run.
fn backtraces() -> Vec<&'static str> {
    let mut values = vec!["0", "1"];
    if rounds() <= FEW {
        let last = process::id().is_multiple_of(2);
        values.remove(usize::from(last));
    }
    values
}

/// Output that cannot be written is one line and a failure. Other processes of the
/// run may add a line about the one that could not print.
fn full_disk(name: &str) -> Checked {
    for backtrace in backtraces() {
        let run = Program::new("sh")
            .args(["-c", "exec \"$0\" >/dev/full"])
            .arg(binary(name))
            .env("RUST_BACKTRACE", backtrace)
            .run()?;
        ensure(run.code() == Some(1), || run.status.to_string())?;
        let mut lines = run.output.lines();
        let named = lines
            .next()
            .is_some_and(|line| line.contains("No space left on device"));
        ensure(named && !run.output.contains("panicked"), || {
            run.output.clone()
        })?;
        let quiet = lines.all(is_about_others);
        ensure(quiet || backtrace == "1", || run.output.clone())?;
        run.others_end()?;
        run.no_files_left()?;
    }
    Ok(())
}

/// Whether a process says with this line only that another one is gone: in one
/// line, or in anyhow's four.
fn is_about_others(line: &str) -> bool {
    let line = line.strip_prefix("Error: ").unwrap_or(line);
    line.starts_with("the child ended with ")
        || line.ends_with(" is gone")
        || ["", "Caused by:", "    Broken pipe (os error 32)"].contains(&line)
}

/// If you read a line and stop, you get no complaint, and no half result. A child
/// may say that its parent is gone, with a backtrace if you asked for it.
fn quiet_when_closed(name: &str) -> Checked {
    for backtrace in backtraces() {
        let run = Program::new("sh")
            .args(["-c", "\"$0\" 2>errors | head -1"])
            .arg(binary(name))
            .env("RUST_BACKTRACE", backtrace)
            .run()?;
        run.others_end()?;
        let errors = fs::read_to_string(run.work().join("errors"))?;
        let quiet = errors.lines().all(is_about_others);
        ensure(quiet || backtrace == "1", || format!("complains: {errors}"))?;
        ensure(!errors.contains("panicked"), || errors.clone())?;
        let parent_gone = errors.is_empty() || errors.contains(" is gone\n");
        ensure(parent_gone, || format!("complains: {errors}"))?;
        let files = files(&run.work());
        let unfinished = |file: &&PathBuf| file.to_string_lossy().contains("/.");
        let unfinished: Vec<&PathBuf> = files.iter().filter(unfinished).collect();
        ensure(unfinished.is_empty(), || format!("{unfinished:?}"))?;
    }
    Ok(())
}
