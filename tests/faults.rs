//! Programs and their parts are killed, at any moment: what is left ends by itself,
//! says what happened, and nothing is lost without a word or left behind.
//!
//! What happens when a certain part of one example is killed stands in `examples/`;
//! what is needed for that stands here.

use std::path::Path;
use std::time::Duration;
use std::{env, fs, thread};

use image::ImageReader;
use libtest_mimic::Trial;
use support::program::{binary, files};
use support::{
    Checked, Example, Language, Program, common_run, ensure, examples, rounds,
    unix_trial,
};

use crate::examples::special;

pub fn trials() -> Vec<Trial> {
    let mut trials = Vec::new();
    for example in examples() {
        let Example { name, .. } = example.clone();
        let killed = example.clone();
        trials.push(unix_trial(format!("faults: {name}: Ctrl-C"), move || {
            at_many_moments(|moment| interrupted(&example, moment), &example)
        }));
        trials.push(unix_trial(
            format!("faults: {name}: parent killed"),
            move || {
                at_many_moments(|moment| parent_killed(&killed, moment), &killed)
            },
        ));
    }
    trials
}

/// Calls `check` for moments of a run of the example, which it says if one fails.
pub fn at_many_moments(
    check: impl Fn(Duration) -> Checked,
    example: &Example,
) -> Checked {
    let whole = common_run(example, Language::Rust, &[])?.time;
    for moment in moments_of(whole) {
        check(moment).map_err(|error| {
            let error = error.message().unwrap_or_default();
            format!("after {moment:?}: {error}")
        })?;
    }
    Ok(())
}

/// Moments of something that takes `whole`: its start, and random ones, each in a
/// part of its own of as many equal parts as there are rounds besides.
pub fn moments_of(whole: Duration) -> Vec<Duration> {
    let parts = rounds().saturating_sub(1);
    let mut moments = vec![Duration::ZERO];
    for part in 0..parts {
        let length = whole / parts;
        moments.push(length * part + length.mul_f64(rand::random()));
    }
    moments
}

/// The terminal sends Ctrl-C to the whole run.
fn interrupted(example: &Example, moment: Duration) -> Checked {
    let run = Program::rust(example).start();
    thread::sleep(moment);
    run.interrupt();
    let run = run.finish()?;
    // A run that was quicker than the moment has ended well.
    let said = run.code() == Some(1) && run.output.contains("interrupted: ");
    let expected = said || [None, Some(130), Some(0)].contains(&run.code());
    ensure(expected, || format!("{}:\n{}", run.status, run.output))?;
    // A line that begins with a space quotes a child that panics on purpose.
    let mut lines = run.output.lines();
    let panics =
        lines.any(|line| line.contains("panicked at") && !line.starts_with(' '));
    ensure(!panics, || run.output.clone())?;
    run.others_end()?;
    run.no_files_left()?;
    only_whole_pictures(&run.work(), true)?;
    only_whole_pictures(&run.temporary(), true)
}

fn parent_killed(example: &Example, moment: Duration) -> Checked {
    let run = Program::rust(example).start();
    thread::sleep(moment);
    run.kill(run.pid());
    let run = run.finish()?;
    run.others_end()?;
    // Off Linux, shared memory has a name.
    let leaves = special(&example.name).leaves_files_when_killed;
    if cfg!(target_os = "linux") && !leaves {
        run.no_files_left()?;
    }
    only_whole_pictures(&run.work(), false)?;
    only_whole_pictures(&run.temporary(), false)
}

/// `kill -INT` of the parent alone.
pub fn parent_interrupted(name: &str) -> Checked {
    let example = Example::named(name);
    at_many_moments(|moment| interrupted_alone(&example, moment), &example)
}

fn interrupted_alone(example: &Example, moment: Duration) -> Checked {
    let run = Program::rust(example).start();
    thread::sleep(moment);
    run.interrupt_first();
    let run = run.finish()?;
    let expected = [None, Some(130), Some(0)].contains(&run.code());
    ensure(expected, || format!("{}:\n{}", run.status, run.output))?;
    run.others_end()?;
    Ok(run.no_files_left()?)
}

/// Whatever has the name of a picture is one. After the end of the parent by
/// SIGKILL a temporary file may be left, otherwise not.
pub fn only_whole_pictures(folder: &Path, nothing_else: bool) -> Checked {
    for file in files(folder) {
        let hidden = file
            .components()
            .any(|c| c.as_os_str().as_encoded_bytes()[0] == b'.');
        if file.extension() == Some("jpg".as_ref()) && !hidden {
            ensure(is_whole(&file), || {
                format!("half a picture: {}", file.display())
            })?;
        } else {
            ensure(!nothing_else, || format!("left behind: {}", file.display()))?;
        }
    }
    Ok(())
}

fn is_whole(picture: &Path) -> bool {
    let bytes = fs::read(picture).unwrap_or_default();
    bytes.ends_with(&[0xFF, 0xD9])
        && ImageReader::open(picture).is_ok_and(|reader| reader.decode().is_ok())
}

/// A run of the example, after a line of shell that sets its limits.
pub fn limited(name: &str, limits: &str) -> Program {
    let script = format!("{limits} && exec \"$0\"");
    Program::new("sh").args(["-c", &script]).arg(binary(name))
}

/// Where a child cannot be started, one line says so.
pub fn not_started(name: &str) -> Checked {
    // One file beside the three that are open: the loader needs it, and for a pipe
    // it is not enough.
    let run = limited(name, "ulimit -n 4").run()?;
    ensure(run.code() == Some(1), || run.status.to_string())?;
    // Also with the cause on a line of its own, as anyhow's main prints it.
    let first = run.output.lines().next().unwrap_or_default();
    let first = first.strip_prefix("Error: ").unwrap_or(first);
    let said = first.starts_with("cannot start ")
        && run.output.trim_end().ends_with(" (os error 24)");
    ensure(said && run.output.lines().count() <= 4, || {
        run.output.clone()
    })?;
    Ok(run.nothing_left()?)
}

/// As in `not_started`. What comes before, a pipe or a line, may be what is said.
pub fn no_pipes(name: &str) -> Checked {
    let run = limited(name, "ulimit -n 4").run()?;
    ensure(run.code() == Some(1), || run.status.to_string())?;
    let said = run.output.contains("cannot ");
    let last = run.output.lines().last().unwrap_or_default();
    // One line before it, and the four lines of an error and its cause.
    let short = run.output.lines().count() <= 5;
    ensure(said && last.ends_with(" (os error 24)") && short, || {
        run.output.clone()
    })?;
    Ok(run.nothing_left()?)
}

/// What a kill makes a program print is what the example's file shows, which its
/// chapter quotes. `UPDATE=1` writes it.
pub fn same_as_file(name: &str, file: &str, printed: &str) -> Checked {
    let path = Example::named(name).folder.join(file);
    if env::var_os("UPDATE").is_some() {
        fs::write(&path, printed)?;
    }
    let shown = fs::read_to_string(path)?;
    ensure(shown == printed, || {
        format!("{file} shows:\n{shown}but a run printed:\n{printed}")
    })
}

/// Where SIGCHLD is ignored from the start, the system does not keep how a child
/// ended: the program says so, or does without.
pub fn sigchld_ignored(name: &str, args: &[&str]) -> Program {
    Program::new("env")
        .arg("--ignore-signal=CHLD")
        .arg(binary(name))
        .args(args)
}

/// The program's file is replaced as soon as its first child is there. The other
/// children are of the version that runs.
pub fn replaced(name: &str, args: &[&str], prepare: impl Fn(&Path)) -> Checked {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join(name);
    fs::copy(binary(name), &file)?;
    let program = Program::new(&file).args(args);
    prepare(&program.work());
    let mut run = program.start();
    run.child(|_| true).ok_or("there is no child")?;
    fs::remove_file(&file)?;
    fs::write(&file, "another version")?;
    let run = run.finish()?;
    ensure(run.status.success(), || run.output.clone())?;
    Ok(run.nothing_left()?)
}

/// A child whose standard input has ended already ends in the middle of its work.
pub fn child_without_parent(name: &str, args: &[&str]) -> Checked {
    let run = Program::rust(&Example::named(name)).args(args).run()?;
    ensure(run.code() == Some(1), || run.status.to_string())?;
    ensure(run.output.is_empty(), || run.output.clone())?;
    Ok(run.nothing_left()?)
}
