//! Bad input gets one clear line that names it and the right exit code, and nothing
//! else is lost. Output that nobody reads any more hangs nothing.

use std::fs;
use std::path::{Path, PathBuf};

use libtest_mimic::Trial;
use tests::program::{binary, files};
use tests::{Checked, Example, Finished, Program, ensure, examples};

/// Arguments that a program refuses: the exit code, and what the line names.
const WRONG_ARGUMENTS: &[(&str, &[&str], i32, &str)] = &[
    ("crash-isolation", &["panic"], 2, "not \"panic\""),
    ("deadlock", &["12"], 2, "not \"12\""),
    ("fibonacci-thread", &["ten"], 2, "\"ten\""),
    ("fibonacci-thread", &["-1"], 2, "\"-1\""),
    (
        "fibonacci-thread",
        &["1", "2"],
        2,
        "unexpected argument \"2\"",
    ),
    ("gil", &["2"], 2, "not \"2\""),
    ("image-processing", &["--fast"], 2, "--fast"),
    ("image-processing", &["photo.jpg"], 2, "no folder"),
    ("image-processing", &["photo.jpg", "--out"], 2, "no folder"),
    (
        "image-processing",
        &["photo.jpg", "--out", ""],
        2,
        "no folder",
    ),
    ("image-processing", &["--out", "folder"], 2, "no pictures"),
    ("lost-update", &["2"], 2, "not \"2\""),
    ("manager", &["many"], 2, "1 to 100, not \"many\""),
    ("manager", &["0"], 2, "not \"0\""),
    ("manager", &["101"], 2, "not \"101\""),
    ("manager", &["1", "2"], 2, "unexpected argument \"2\""),
    (
        "manager",
        &["client-1"],
        1,
        "client-1: a manager has to start it",
    ),
    ("mixed-workload", &["12"], 2, "12"),
    ("mixed-workload", &["count-primes", "0"], 2, "count-primes"),
    ("hybrid", &["12"], 2, "not \"12\""),
    ("hybrid", &["process-1", "1"], 2, "not \"process-1\""),
    ("pipes", &["ten"], 2, "\"ten\""),
    ("pipes", &["-1"], 2, "\"-1\""),
    ("pipes", &["257MiB"], 2, "\"257MiB\""),
    ("pipes", &["18446744073709551616MiB"], 2, "at most 256MiB"),
    ("pipes", &["1", "2"], 2, "unexpected argument \"2\""),
    ("pipes", &["send", "ten"], 2, "\"ten\""),
    ("pipes", &["echo", "1"], 2, "unexpected argument \"1\""),
    ("print-numbers-process", &["5"], 2, "not \"5\""),
    ("parallel-sum", &["many"], 2, "\"many\""),
    ("parallel-sum", &["10000001"], 2, "\"10000001\""),
    ("parallel-sum", &["1", "2"], 2, "unexpected argument \"2\""),
    ("process-pool", &["12"], 2, "not \"12\""),
    ("producer-consumer", &["12"], 1, "no role \"12\""),
    ("sentinel-queue", &["5"], 2, "not \"5\""),
    ("shared-memory", &["12"], 2, "not \"12\""),
    ("shared-memory", &["process-1"], 2, "not \"process-1\""),
    ("shared-memory", &["process-0", "/"], 2, "not \"process-0\""),
    (
        "shared-memory",
        &["process-1", "no/such"],
        1,
        "cannot open no/such: ",
    ),
    ("sum-of-squares", &["ten"], 2, "\"ten\""),
    ("sum-of-squares", &["4294967296"], 2, "\"4294967296\""),
    ("sum-of-squares", &["--sum"], 2, "\"--sum\""),
    ("sum-of-squares", &["--sum", "ten"], 2, "argument \"ten\""),
    ("threads-vs-processes", &["12"], 2, "not \"12\""),
    (
        "threads-vs-processes",
        &["--worker", "fast"],
        2,
        "not \"--worker\"",
    ),
    (
        "threads-vs-processes",
        &["--svg"],
        2,
        "--svg needs a folder",
    ),
    (
        "threads-vs-processes",
        &["--json", ""],
        2,
        "--json needs a file",
    ),
    (
        "threads-vs-processes",
        &["--json", "no/such"],
        1,
        "cannot write no/such: ",
    ),
    (
        "threads-vs-processes",
        &["--json", "."],
        1,
        "cannot write .: ",
    ),
    (
        "threads-vs-processes",
        &["--svg", "/dev/null"],
        1,
        "cannot write /dev/null: ",
    ),
    ("sum-of-squares", &["1", "2"], 2, "argument \"2\""),
    ("task-granularity", &["-1"], 2, "not \"-1\""),
    ("task-granularity", &["10001"], 2, "not \"10001\""),
    ("task-granularity", &["NaN"], 2, "not \"NaN\""),
    (
        "task-granularity",
        &["1", "2"],
        2,
        "unexpected argument \"2\"",
    ),
];

fn main() {
    let mut tests: Vec<Trial> = (WRONG_ARGUMENTS.iter())
        .map(|&(name, args, code, names)| {
            let title = format!("{name} {}", args.join(" "));
            Trial::test(title, move || refused(name, args, code, names))
        })
        .collect();
    for example in examples() {
        let Example { name, .. } = example.clone();
        tests.push(Trial::test(
            format!("{name}: output closed early"),
            move || output_closed(&example),
        ));
        let quiet = name.clone();
        tests.push(
            Trial::test(format!("{name}: quiet when closed"), move || {
                quiet_when_closed(&quiet)
            })
            .with_ignored_flag(cfg!(not(unix))), // it needs a shell
        );
        tests.push(
            Trial::test(format!("{name}: a full disk"), move || full_disk(&name))
                .with_ignored_flag(cfg!(not(target_os = "linux"))), // /dev/full
        );
    }
    tests.push(Trial::test("fibonacci-thread: one too many", || {
        let run = Program::rust(&Example::named("fibonacci-thread"))
            .arg("188")
            .run()?;
        ensure(run.code() == Some(2), || run.status.to_string())?;
        ensure(
            run.output.contains("188 Fibonacci numbers do not fit"),
            || run.output,
        )
    }));
    tests.push(Trial::test(
        "image-processing: files that are no pictures",
        no_pictures,
    ));
    tests.push(Trial::test(
        "image-processing: nowhere to write",
        nowhere_to_write,
    ));
    tests.push(Trial::test(
        "image-processing: inputs stay as they are",
        inputs_stay,
    ));
    tests.push(Trial::test("image-processing: 200 pictures", many_pictures));
    tests::run(tests)
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

/// Output that cannot be written is one line and a failure. Other processes of the
/// run may add a line about the one that could not print.
fn full_disk(name: &str) -> Checked {
    for backtrace in ["0", "1"] {
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

/// Makes a picture of one grey point.
fn make_picture(file: &Path) {
    image::DynamicImage::new_luma8(1, 1)
        .save(file)
        .expect("it can be written");
}

fn image_processing() -> Program {
    Program::rust(&Example::named("image-processing"))
}

fn result(run: &Finished, name: &str) -> Checked {
    let path = run.work().join("out").join(name);
    ensure(path.exists(), || {
        format!("there is no {name}:\n{}", run.output)
    })
}

fn no_pictures() -> Checked {
    let program = image_processing();
    let work = program.work();
    fs::create_dir(work.join("folder.jpg"))?;
    fs::write(work.join("empty.jpg"), "")?;
    fs::write(work.join("text.jpg"), "Dear Sir or Madam,\n")?;
    make_picture(&work.join("Grüße aus Köln.png"));
    make_picture(&work.join("last.png"));
    fs::write(
        work.join("cut.png"),
        &fs::read(work.join("last.png"))?[..50],
    )?;
    let bad = [
        "folder.jpg",
        "empty.jpg",
        "text.jpg",
        "cut.png",
        "missing.jpg",
    ];
    let good = ["Grüße aus Köln.png", "last.png"];
    let run = program.args(bad).args(good).args(["--out", "out"]).run()?;

    ensure(run.code() == Some(1), || run.status.to_string())?;
    // The order of the input, also between what fails and what does not.
    let mut lines = run.output.lines().skip(1);
    for name in bad {
        let line = lines.next().unwrap_or_default();
        ensure(line.starts_with(&format!("{name}: ")), || {
            format!("{name}:\n{}", run.output)
        })?;
    }
    for name in good {
        let line = lines.next().unwrap_or_default();
        ensure(line == format!("Image processed: processed_{name}"), || {
            run.output.clone()
        })?;
        result(&run, &format!("processed_{name}"))?;
    }
    Ok(run.nothing_left()?)
}

fn nowhere_to_write() -> Checked {
    for out in ["file", "file/folder"] {
        let program = image_processing();
        make_picture(&program.work().join("photo.png"));
        fs::write(program.work().join("file"), "not a folder")?;
        let run = program.args(["photo.png", "--out", out]).run()?;
        ensure(run.code() == Some(1), || run.status.to_string())?;
        let line = format!("cannot write to {out}: ");
        ensure(run.output.starts_with(&line), || run.output.clone())?;
        ensure(run.output.lines().count() == 1, || run.output.clone())?;
        run.nothing_left()?;
    }
    Ok(())
}

/// Results that are written beside their inputs, twice, and two inputs of one name.
fn inputs_stay() -> Checked {
    let program = image_processing();
    let work = program.work();
    for folder in ["out", "other"] {
        fs::create_dir(work.join(folder))?;
        make_picture(&work.join(folder).join("photo.png"));
    }
    // Looks like a result, and is an input: one that must not be replaced.
    let input = work.join("out/processed_photo.png");
    make_picture(&input);
    let before = fs::read(&input)?;
    let photos = [
        "out/photo.png",
        "other/photo.png",
        "out/processed_photo.png",
    ];
    let run = program.args(photos).args(["--out", "out"]).run()?;
    ensure(run.status.success(), || run.output.clone())?;
    ensure(fs::read(&input)? == before, || {
        "an input was replaced".into()
    })?;
    for name in ["photo-2.png", "photo-3.png", "processed_photo.png"] {
        result(&run, &format!("processed_{name}"))?;
    }
    let files = files(&run.work().join("out"));
    ensure(files.len() == 5, || format!("{files:?}"))
}

fn many_pictures() -> Checked {
    let program = image_processing();
    let names: Vec<String> =
        (0..200).map(|number| format!("{number:03}.png")).collect();
    for name in &names {
        make_picture(&program.work().join(name));
    }
    let run = program.args(&names).args(["--out", "out"]).run()?;
    ensure(run.status.success(), || run.output.clone())?;
    let reported = run
        .output
        .lines()
        .filter_map(|l| l.strip_prefix("Image processed: processed_"));
    ensure(reported.eq(&names), || {
        format!("not in order:\n{}", run.output)
    })?;
    names
        .iter()
        .try_for_each(|name| result(&run, &format!("processed_{name}")))?;
    Ok(run.nothing_left()?)
}

/// Whether a process says with this line only that another one is gone: in one line,
/// or in anyhow's four.
fn is_about_others(line: &str) -> bool {
    line.starts_with("the child ended with ")
        || line.ends_with(" is gone")
        || ["", "Caused by:", "    Broken pipe (os error 32)"].contains(&line)
}

/// If you read a line and stop, you get no complaint, and no half result. A child may
/// say that its parent is gone, with a backtrace if you asked for it.
fn quiet_when_closed(name: &str) -> Checked {
    for backtrace in ["0", "1"] {
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
