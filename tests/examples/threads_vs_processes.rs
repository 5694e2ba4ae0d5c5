//! What threads-vs-processes alone promises: every row is there, also in its files,
//! and it ends well when its parts are killed or the machine is busy. Nothing is
//! asserted about how long something took.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;
use std::{fs, thread};

use libtest_mimic::{Failed, Trial};
use serde_json::Value;
use support::program::{binary, files, python_is_missing};
use support::{Checked, Example, Program, ensure, many_runs, trial, unix_trial};

use super::Special;
use crate::faults::moments_of;
use crate::measured::same_form;

pub const SPECIAL: Special = Special {
    name: "threads-vs-processes",
    refused: &[
        (&["12"], 2, "not \"12\""),
        (&["--worker", "fast"], 2, "not \"--worker\""),
        (&["--svg"], 2, "--svg needs a folder"),
        (&["--json", ""], 2, "--json needs a file"),
        (&["--json", "no/such"], 1, "cannot write no/such: "),
        (&["--json", "."], 1, "cannot write .: "),
        (&["--svg", "/dev/null"], 1, "cannot write /dev/null: "),
    ],
    own_output: Some("all of it is measured"),
    random: Some(concat!(
        r"(^Machine:|^Run:|^Python|^Spread|^The machine is).*",
        r"|(?:[\s\d._%±~/-]|[KM]iB)+"
    )),
    trials,
    ..Special::NOTHING
};

/// What a row counts, and how its name begins.
const ROWS: &[(&str, &str)] = &[
    ("seconds", "start a worker"),
    ("bytes", "one more idle worker"),
    ("seconds", "switch to another"),
    ("seconds", "hand over 8 bytes"),
    ("seconds", "hand over 64 KiB"),
    ("seconds", "hand over 1 MiB"),
    ("seconds", "change a number under a lock"),
    ("seconds", "a tiny task through a pool, one by one"),
    ("seconds", "a tiny task through a pool, in chunks"),
    ("seconds", "compute, a number, 1 worker"),
    ("seconds", "compute, a number, "),
    ("seconds", "wait "),
    ("tasks", "results lost when one of 8 tasks panics"),
    ("tasks", "results lost when one of 8 tasks aborts"),
];

/// About as long as a run takes.
const RUN: Duration = Duration::from_secs(4);

fn example() -> Example {
    Example::named("threads-vs-processes")
}

pub fn trials() -> Vec<Trial> {
    let missing = python_is_missing(&example());
    let needs_python = |name: &str, check: fn() -> Checked| {
        trial(format!("threads-vs-processes: {name}"), check)
            .with_ignored_flag(missing.is_some())
            .with_kind(missing.clone().unwrap_or_default())
    };
    vec![
        needs_python("main killed while Python measures", main_killed)
            .with_ignored_flag(missing.is_some() || cfg!(not(unix))),
        needs_python("the same rows in Python", pythons_rows),
        trial(
            "threads-vs-processes: it ends on a busy machine",
            busy_machine,
        ),
        unix_trial("threads-vs-processes: a worker killed", worker_killed),
        unix_trial("threads-vs-processes: Ctrl-C leaves no files", interrupted),
        trial("threads-vs-processes: every row, in whole files", every_row),
        unix_trial("threads-vs-processes: no python3", no_python),
    ]
}

fn every_row() -> Checked {
    let program = Program::rust(&example());
    let work = program.work();
    fs::write(work.join("run.json"), "old")?;
    let run = program
        .args(["--json", "run.json", "--svg", "new/pictures"])
        .run()?;
    ensure(run.status.success(), || run.output.clone())?;
    run.nothing_left()?;
    let mut written: Vec<String> = files(&work)
        .iter()
        .map(|file| {
            file.strip_prefix(&work)
                .unwrap_or(file)
                .display()
                .to_string()
        })
        .collect();
    written.sort();
    let expected = [
        "new/pictures/costs.svg",
        "new/pictures/speed-up.svg",
        "run.json",
    ];
    ensure(written == expected, || format!("{written:?}"))?;

    let report: Value = serde_json::from_slice(&fs::read(work.join("run.json"))?)?;
    for field in ["machine", "date", "profile"] {
        ensure(report[field].is_string(), || {
            format!("no {field}: {report}")
        })?;
    }
    check_rows(&report["rows"])?;
    let costs = picture(&work.join("new/pictures/costs.svg"))?;
    for (unit, name) in ROWS {
        ensure(*unit != "seconds" || costs.contains(name), || {
            format!("costs.svg has no {name}")
        })?;
    }
    let curve = picture(&work.join("new/pictures/speed-up.svg"))?;
    for words in ["ideal", "threads, 1 worker", "processes, 1 worker"] {
        ensure(curve.contains(words), || format!("no {words}:\n{curve}"))?;
    }
    Ok(())
}

/// All words of a picture.
fn picture(file: &Path) -> Result<String, Failed> {
    let text = fs::read_to_string(file)?;
    let picture = roxmltree::Document::parse(&text)?;
    ensure(!text.contains("NaN"), || {
        format!("NaN in {}", file.display())
    })?;
    let words = picture.descendants().filter_map(|node| node.text());
    Ok(words.collect::<Vec<_>>().join("\n"))
}

/// All rows in their order, with figures that make sense.
fn check_rows(rows: &Value) -> Checked {
    let rows = rows.as_array().ok_or("no rows")?;
    let mut found = Vec::new();
    for row in rows {
        let name = row["name"].as_str().ok_or("no name")?;
        let known = ROWS.iter().position(|(unit, known)| {
            name.starts_with(known) && row["unit"] == *unit
        });
        found.push(known.ok_or_else(|| format!("no such row: {row}"))?);
        let range = match row["unit"].as_str() {
            Some("seconds") => 1e-10..60.0,
            Some("bytes") => 1024.0..1e9,
            _ => 1.0..9.0,
        };
        for side in ["threads", "processes"] {
            let linux = cfg!(target_os = "linux") || row["unit"] != "bytes";
            let samples = row[side]["samples"].as_array();
            let mut samples: Vec<f64> = samples
                .into_iter()
                .flatten()
                .filter_map(Value::as_f64)
                .collect();
            samples.sort_by(f64::total_cmp);
            let middle = samples.get(samples.len() / 2);
            let sane = middle.is_some_and(|middle| range.contains(middle));
            ensure(sane || !linux, || format!("{side}: {row}"))?;
        }
    }
    found.dedup(); // on more than two cores the curve has more points
    let all: Vec<usize> = (0..ROWS.len()).collect();
    ensure(found == all, || format!("{found:?}"))?;
    // An exact result, which no busy machine changes.
    let lost = |row: &Value| {
        ["threads", "processes"].map(|side| row[side]["samples"][0].as_f64())
    };
    let [.., panic, abort] = &rows[..] else {
        return Err("two rows".into());
    };
    ensure(lost(panic) == [Some(1.0), Some(1.0)], || panic.to_string())?;
    ensure(lost(abort) == [Some(8.0), Some(1.0)], || abort.to_string())
}

/// With twice as many threads that compute as there are cores, and three runs.
fn busy_machine() -> Checked {
    let cores = thread::available_parallelism()?.get();
    let stop = AtomicBool::new(false);
    // Built before: a panic inside would leave the others busy.
    binary(&example().name);
    thread::scope(|scope| {
        for _ in 0..2 * cores {
            scope.spawn(|| {
                while !stop.load(Relaxed) {
                    std::hint::spin_loop();
                }
            });
        }
        let ended = many_runs(1, 3, || Program::rust(&example()), |_| Ok(()));
        stop.store(true, Relaxed);
        ended
    })
}

/// `--python` measures as many rows, and prints what results-python.txt has.
fn pythons_rows() -> Checked {
    let program = Program::rust(&example());
    let work = program.work();
    let run = program.args(["--python", "--json", "run.json"]).run()?;
    ensure(run.status.success(), || run.output.clone())?;
    run.nothing_left()?;
    same_form("results-python.txt", &run.output)?;
    let report: Value = serde_json::from_slice(&fs::read(work.join("run.json"))?)?;
    check_rows(&report["rows"])?;
    let count = |rows: &Value| rows.as_array().map(Vec::len);
    let same = count(&report["rows"]) == count(&report["python"]);
    ensure(same, || report["python"].to_string())?;
    for row in report["python"].as_array().into_iter().flatten() {
        let figure = row["processes"]["samples"][0].as_f64();
        ensure(figure.is_some_and(|figure| figure > 0.0), || {
            row.to_string()
        })?;
    }
    Ok(())
}

fn no_python() -> Checked {
    let program = Program::rust(&example());
    let nowhere = program.work();
    let run = program.arg("--python").env("PATH", &nowhere).run()?;
    ensure(run.code() == Some(1), || run.status.to_string())?;
    ensure(
        run.output == "--python: there is no python3 on the PATH\n",
        || run.output.clone(),
    )
}

/// Whatever is killed, the run goes on without it or says in one line what it was.
fn worker_killed() -> Checked {
    let mut reported = 0;
    for moment in moments_of(RUN) {
        let mut run = Program::rust(&example()).start();
        thread::sleep(moment);
        let Some(pid) = run.child(|command| command.contains("worker")) else {
            run.finish()?.nothing_left()?;
            continue;
        };
        run.kill(pid);
        let run = run.finish()?;
        run.nothing_left()?;
        if !run.status.success() {
            ensure(run.code() == Some(1), || run.status.to_string())?;
            let last = run.output.lines().last().unwrap_or_default();
            // `memory` may look at a process that has just gone.
            let said =
                last.contains(" ended with ") || last.contains("cannot read");
            let panicked = run.output.contains("panicked at");
            ensure(said && !panicked, || run.output.clone())?;
            reported += 1;
        }
    }
    ensure(reported > 0, || "none was killed".into())
}

fn interrupted() -> Checked {
    for moment in moments_of(RUN) {
        let run = Program::rust(&example())
            .args(["--json", "run.json"])
            .start();
        thread::sleep(moment);
        run.interrupt_first();
        let run = run.finish()?;
        run.others_end()?;
        run.no_files_left()?;
        let files = files(&run.work());
        let whole = |file: &Path| {
            let text = fs::read(file).unwrap_or_default();
            serde_json::from_slice::<Value>(&text).is_ok()
        };
        let right = files.is_empty() || files.len() == 1 && whole(&files[0]);
        ensure(right, || format!("{files:?}"))?;
    }
    Ok(())
}

/// Python's processes notice that nobody asks them any more.
fn main_killed() -> Checked {
    for moment in moments_of(4 * RUN) {
        let run = Program::rust(&example()).arg("--python").start();
        thread::sleep(moment);
        run.kill(run.pid());
        run.finish()?.others_end()?;
    }
    Ok(())
}
