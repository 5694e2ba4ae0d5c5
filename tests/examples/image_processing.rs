//! What image-processing alone promises.

use std::fs;
use std::io::Cursor;
use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;

use libtest_mimic::{Failed, Trial};
use support::process_table::Signal;
use support::program::files;
use support::{
    Checked, Example, Finished, Program, Running, ensure, trial, unix_trial,
};

use crate::faults::{only_whole_pictures, replaced, sigchld_ignored};

use super::Special;

pub const SPECIAL: Special = Special {
    name: "image-processing",
    refused: &[
        (&["--fast"], 1, "not [\"--fast\"]"),
        (&["photo.jpg"], 1, "expected PICTURE... --out FOLDER"),
        (
            &["photo.jpg", "--out"],
            1,
            "expected PICTURE... --out FOLDER",
        ),
        (
            &["photo.jpg", "--out", ""],
            1,
            "expected PICTURE... --out FOLDER",
        ),
        (&["--out", "folder"], 1, "expected PICTURE... --out FOLDER"),
    ],
    random: Some(r"(Results in ).*"),
    trials,
    ..Special::NOTHING
};

pub fn trials() -> Vec<Trial> {
    vec![
        trial("image-processing: files that are no pictures", no_pictures),
        trial("image-processing: nowhere to write", nowhere_to_write),
        trial("image-processing: inputs stay as they are", inputs_stay),
        trial("image-processing: 200 pictures", many_pictures),
        unix_trial("image-processing: inputs that never end", endless),
        unix_trial("image-processing: leftovers", leftovers),
        unix_trial("image-processing: SIGCHLD ignored", no_status),
        unix_trial("image-processing: replaced while it runs", || {
            let mut args: Vec<String> =
                (0..100).map(|number| format!("{number}.png")).collect();
            args.extend(["--out".into(), "out".into()]);
            let args: Vec<&str> = args.iter().map(String::as_str).collect();
            replaced("image-processing", &args, |work| {
                for name in &args[..100] {
                    make_picture(&work.join(name));
                }
            })
        })
        .with_ignored_flag(cfg!(not(target_os = "linux"))),
        unix_trial("image-processing: a process killed", picture_killed),
        unix_trial("image-processing: Ctrl-C while busy", busy_interrupted),
        unix_trial("image-processing: parent killed while busy", busy_orphan),
    ]
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
        let line = format!("Error: cannot write to {out}\n");
        ensure(run.output.starts_with(&line), || run.output.clone())?;
        ensure(run.output.lines().count() <= 4, || run.output.clone())?;
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

/// Named in one line each, and the rest is done.
fn endless() -> Checked {
    let program = image_processing();
    let pipe = program.work().join("pipe.jpg");
    let made = Command::new("mkfifo").arg(pipe).status()?;
    ensure(made.success(), || "cannot make a named pipe".into())?;
    make_picture(&program.work().join("last.png"));
    let endless = ["pipe.jpg", "/dev/stdin", "/dev/zero"];
    let run = program
        .args(endless)
        .args(["last.png", "--out", "out"])
        .run()?;
    ensure(run.code() == Some(1), || run.status.to_string())?;
    let expected = [
        "Main process continues executing...",
        "pipe.jpg: it is not a file",
        "/dev/stdin: it is not a file",
        "/dev/zero: it is not a file",
        "Image processed: processed_last.png",
        "Results in out",
        "Main process exiting.",
        "Error: 3 of 4 pictures failed",
    ];
    ensure(run.output.lines().eq(expected), || run.output.clone())?;
    Ok(run.nothing_left()?)
}

/// What a run has left that was killed with all its children is removed by the
/// next.
fn leftovers() -> Checked {
    let (run, _) = start_with_a_large_picture()?;
    run.signal(Signal::Kill);
    let killed = run.finish()?;
    let out = killed.work().join("out");
    make_picture(&killed.work().join("next.png"));
    let before = fs::read_dir(&out)?.count();
    ensure(before > 0, || "nothing was left".into())?;
    let next = image_processing()
        .in_folder(&killed.work())
        .args(["next.png", "--out", "out"])
        .run()?;
    ensure(next.status.success(), || next.output.clone())?;
    only_whole_pictures(&out, false)?;
    for entry in fs::read_dir(&out)? {
        let name = entry?.file_name();
        let hidden = name.as_encoded_bytes().starts_with(b".");
        ensure(!hidden, || format!("left behind: {}", name.display()))?;
    }
    Ok(())
}

/// The answers of the children count.
fn no_status() -> Checked {
    let run = sigchld_ignored("image-processing", &[]).run()?;
    ensure(run.status.success(), || run.output.clone())?;
    Ok(run.nothing_left()?)
}

/// A picture that takes long. It is made once, because that takes long, too.
static LARGE_PNG: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut png = Cursor::new(Vec::new());
    image::DynamicImage::new_luma8(16_000, 16_000)
        .write_to(&mut png, image::ImageFormat::Png)
        .expect("memory takes everything");
    png.into_inner()
});

/// An image-processing run whose second picture takes a while, and the process that
/// has it.
fn start_with_a_large_picture() -> Result<(Running, u32), Failed> {
    let program = Program::rust(&Example::named("image-processing"));
    for name in ["first.jpg", "last.jpg"] {
        image::DynamicImage::new_rgb8(60, 40).save(program.work().join(name))?;
    }
    fs::write(program.work().join("large.png"), &*LARGE_PNG)?;
    let pictures = ["first.jpg", "large.png", "last.jpg"];
    let mut run = program.args(pictures).args(["--out", "out"]).start();
    let child = run.child(|command| command.contains("large.png"));
    Ok((run, child.ok_or("no process has opened the picture")?))
}

fn picture_killed() -> Checked {
    let (run, child) = start_with_a_large_picture()?;
    run.kill(child);
    let run = run.finish()?;
    ensure(run.code() == Some(1), || run.status.to_string())?;
    let expected = [
        "Main process continues executing...",
        "Image processed: processed_first.jpg",
        "large.png: its process ended with signal: 9 (SIGKILL)",
        "Image processed: processed_last.jpg",
        "Results in out",
        "Main process exiting.",
        "Error: 1 of 3 pictures failed",
    ];
    ensure(run.output.lines().eq(expected), || run.output.clone())?;
    Ok(run.nothing_left()?)
}

/// By Ctrl-C, by a service manager, and by a terminal that is closed: for the whole
/// run, and for the parent alone.
fn busy_interrupted() -> Checked {
    let signals = [Signal::Interrupt, Signal::Terminate, Signal::HangUp];
    for whole_run in signals.map(Some).into_iter().chain([None]) {
        let (run, _) = start_with_a_large_picture()?;
        match whole_run {
            Some(signal) => run.signal(signal),
            None => run.interrupt_first(),
        }
        let run = run.finish()?;
        ensure(run.code() == Some(1), || {
            format!("{}:\n{}", run.status, run.output)
        })?;
        let said = run.output.contains("Error: interrupted: ");
        ensure(said, || run.output.clone())?;
        run.nothing_left()?;
        only_whole_pictures(&run.work().join("out"), true)?;
    }
    Ok(())
}

fn busy_orphan() -> Checked {
    let (run, _) = start_with_a_large_picture()?;
    run.kill(run.pid());
    let run = run.finish()?;
    run.others_end()?;
    only_whole_pictures(&run.work().join("out"), false)
}
