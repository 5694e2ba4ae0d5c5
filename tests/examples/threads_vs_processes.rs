//! What threads-vs-processes alone promises: every row is there, its conclusion
//! follows from its figures, and the run ends well when its parts are killed or the
//! machine is busy. Nothing is asserted about how long something took.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;
use std::time::Duration;

use libtest_mimic::{Failed, Trial};
use regex::Regex;
use serde_json::Value;
use support::program::{binary, python_is_missing};
use support::{
    Checked, Example, FEW, Language, Program, common_run, ensure, many_runs,
    rounds, trial, unix_trial,
};

use super::Special;
use crate::faults::moments_of;

pub const SPECIAL: Special = Special {
    name: "threads-vs-processes",
    refused: &[
        (&["12"], 1, "not \"12\""),
        (&["--svg"], 1, "not \"--svg\""),
        (&["--json", "run.json"], 1, "not \"--json run.json\""),
    ],
    own_output: Some("all of it is measured"),
    random: Some(concat!(
        r"^(?:Python|\w+ \w+, \d+ cores).*",
        r"|^    \S.*", // a conclusion: `check_rows` looks at them
        r"|(?:[\s\d._%±-]|[KM]iB)+"
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
    ("results", "results lost when one of 8 tasks panics"),
    ("results", "results lost when one of 8 tasks aborts"),
];

/// About as long as a run takes.
const RUN: Duration = Duration::from_secs(2);

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
        needs_python("the same rows in Python", pythons_rows),
        needs_python("the main process of Python killed", pythons_main_killed)
            .with_ignored_flag(missing.is_some() || cfg!(not(unix))),
        trial(
            "threads-vs-processes: a busy machine allows no conclusion",
            busy_machine,
        ),
        unix_trial("threads-vs-processes: a worker killed", worker_killed),
        unix_trial("threads-vs-processes: Ctrl-C to main alone", interrupted),
        trial("threads-vs-processes: every row", every_row),
        trial("threads-vs-processes: every row in the pictures", pictures),
    ]
}

/// The rows that one of the two programs prints as JSON.
fn rows(language: Language) -> Result<Vec<Value>, Failed> {
    let run = common_run(&example(), language, &["--json"])?;
    ensure(run.status.success(), || run.output.clone())?;
    run.nothing_left?;
    let report: Value = serde_json::from_str(&run.output)?;
    Ok(report["rows"].as_array().ok_or("no rows")?.clone())
}

fn every_row() -> Checked {
    check_rows(&rows(Language::Rust)?)
}

/// Python measures the same things, in the same order.
fn pythons_rows() -> Checked {
    let same_words = |row: &Value| {
        let name = row["name"].as_str().unwrap_or_default();
        (name.replace("raises", "panics"), row["unit"].clone())
    };
    let [rust, python] = [rows(Language::Rust)?, rows(Language::Python)?];
    let expected: Vec<_> = rust.iter().map(same_words).collect();
    let found: Vec<_> = python.iter().map(same_words).collect();
    ensure(found == expected, || format!("{found:?}"))?;
    for row in &python {
        check_figures(row)?;
    }
    Ok(())
}

/// All rows in their order, with figures that make sense.
fn check_rows(rows: &[Value]) -> Checked {
    let mut found = Vec::new();
    for row in rows {
        let name = row["name"].as_str().ok_or("no name")?;
        let known = ROWS.iter().position(|(unit, known)| {
            name.starts_with(known) && row["unit"] == *unit
        });
        found.push(known.ok_or_else(|| format!("no such row: {row}"))?);
        check_figures(row)?;
        check_conclusion(row)?;
    }
    found.dedup(); // on more than two cores the curve has more points
    let mut all: Vec<usize> = (0..ROWS.len()).collect();
    all.retain(|row| ROWS[*row].0 != "bytes" || cfg!(target_os = "linux"));
    ensure(found == all, || format!("{found:?}"))?;
    // An exact result, which no busy machine changes.
    let lost = |row: &Value| ["threads", "processes"].map(|side| median(row, side));
    let [.., panic, abort] = rows else {
        return Err("two rows".into());
    };
    ensure(lost(panic) == [Some(1.0), Some(1.0)], || panic.to_string())?;
    ensure(lost(abort) == [Some(8.0), Some(1.0)], || abort.to_string())
}

fn median(row: &Value, side: &str) -> Option<f64> {
    row[side]["median"].as_f64()
}

fn check_figures(row: &Value) -> Checked {
    let range = match row["unit"].as_str() {
        Some("seconds") => 1e-10..60.0,
        Some("bytes") => 1024.0..1e9,
        _ => 1.0..9.0,
    };
    for side in ["threads", "processes"] {
        let median = median(row, side);
        let sane = median.is_some_and(|median| range.contains(&median));
        ensure(sane, || format!("{side}: {row}"))?;
    }
    Ok(())
}

/// What it says of the ratio is so. Or it is withdrawn, but not if it was counted.
fn check_conclusion(row: &Value) -> Checked {
    let conclusion = row["conclusion"].as_str().ok_or("no conclusion")?;
    ensure(conclusion.ends_with('.'), || row.to_string())?;
    if conclusion.starts_with("No conclusion: ") {
        return ensure(row["unit"] != "results", || row.to_string());
    }
    let (threads, processes) = (median(row, "threads"), median(row, "processes"));
    let ratio = processes.ok_or("no median")? / threads.ok_or("no median")?;
    let claim =
        Regex::new(r"^With (\w+), .* takes (?:about|([\d.]+) times) as long")?;
    let Some(claimed) = claim.captures(conclusion) else {
        return Ok(());
    };
    let right = match claimed.get(2) {
        None => (0.79..1.26).contains(&ratio),
        Some(times) => {
            let times: f64 = times.as_str().parse()?;
            let more = if &claimed[1] == "threads" {
                1.0 / ratio
            } else {
                ratio
            };
            (more / times - 1.0).abs() < 0.01
        }
    };
    ensure(right, || row.to_string())
}

/// The committed pictures show every row.
fn pictures() -> Checked {
    let costs = words_in("costs.svg")?;
    for (unit, name) in ROWS {
        let shown = *unit != "seconds" || costs.contains(name);
        ensure(shown, || format!("costs.svg has no {name}:\n{costs}"))?;
    }
    let curve = words_in("speed-up.svg")?;
    for words in ["ideal", "workers"] {
        ensure(curve.contains(words), || format!("no {words}:\n{curve}"))?;
    }
    for side in ["threads", "processes"] {
        for language in ["Rust", "Python"] {
            let words = format!("{side} in {language}");
            let shown = costs.contains(&words) && curve.contains(&words);
            ensure(shown, || format!("no {words}:\n{costs}{curve}"))?;
        }
    }
    Ok(())
}

/// All words of a picture.
fn words_in(picture: &str) -> Result<String, Failed> {
    let text = example().read(picture);
    let options = roxmltree::ParsingOptions {
        allow_dtd: true,
        ..Default::default()
    };
    let picture = roxmltree::Document::parse_with_options(&text, options)?;
    let words = picture.descendants().filter_map(|node| node.text());
    Ok(words.collect::<Vec<_>>().join("\n"))
}

/// With twice as many threads that compute as there are cores, it ends, and says
/// that nothing can be concluded from what took longest.
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
        let at_once = if rounds() > FEW { 3 } else { 1 };
        let program = || Program::rust(&example());
        let ended = many_runs(1, at_once, program, |run| {
            let mut lines = run.output.lines();
            let compute =
                lines.find(|line| line.starts_with("compute, a number, "));
            ensure(compute.is_some(), || run.output.clone())?;
            let conclusion = lines.next().unwrap_or_default();
            let withdrawn =
                conclusion.starts_with("    No conclusion: other programs");
            ensure(withdrawn || cfg!(not(target_os = "linux")), || {
                run.output.clone()
            })
        });
        stop.store(true, Relaxed);
        ended
    })
}

/// Whatever is killed, the run goes on without it or says in one line what it was.
fn worker_killed() -> Checked {
    let mut reported = 0;
    // What is killed between two measurements does not matter to the run. So there
    // are more rounds if that is all that was hit.
    let more = (0..20).flat_map(|_| moments_of(RUN));
    for (round, moment) in (0..).zip(moments_of(RUN).into_iter().chain(more)) {
        if round >= rounds() && reported > 0 {
            break;
        }
        let mut run = Program::rust(&example()).start();
        thread::sleep(moment);
        let worker = run.child(|command| {
            command.ends_with(" receiver") || command.contains(" --pool-worker ")
        });
        let Some(worker) = worker else {
            run.finish()?.nothing_left()?;
            continue;
        };
        run.kill(worker);
        let run = run.finish()?;
        run.nothing_left()?;
        if !run.status.success() {
            ensure(run.code() == Some(1), || run.status.to_string())?;
            let last = run.output.lines().last().unwrap_or_default();
            // It may look at the memory of a process that has just gone.
            let said =
                last.contains(" ended with ") || run.output.contains("cannot read");
            let panicked = run.output.contains("panicked at");
            ensure(said && !panicked, || run.output.clone())?;
            reported += 1;
        }
    }
    ensure(reported > 0, || "none was killed".into())
}

/// The children end with the main process, and there are no files.
fn interrupted() -> Checked {
    for moment in moments_of(RUN) {
        let run = Program::rust(&example()).arg("--json").start();
        thread::sleep(moment);
        run.interrupt_first();
        let run = run.finish()?;
        run.others_end()?;
        run.no_files_left()?;
    }
    Ok(())
}

fn pythons_main_killed() -> Checked {
    for moment in moments_of(2 * RUN) {
        let run = Program::python(&example()).start();
        thread::sleep(moment);
        run.kill(run.pid());
        run.finish()?.others_end()?;
    }
    Ok(())
}
