//! `cargo timeline` as a reader uses it, and the recorder under load.

use std::collections::HashMap;
use std::fmt::Write;
use std::io::{self, Read, Write as _};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use std::{env, fs, hint, iter, process, thread};

use libtest_mimic::{Failed, Trial};
use serde_json::Value;
use support::{Checked, Program, ensure};
use timeline::examples;
use timeline::{Recorded, Signals, Span, Timeline};

/// The variable that gives this program another role than that of the tests.
const ROLE: &str = "TIMELINE_TOOL_ROLE";

/// The variable that makes this program record spans, and their number.
const RECORD: &str = "RECORD_SPANS";
const PROCESSES: usize = 4;
const THREADS: usize = 8; // in each process
const SPANS: usize = 320; // in each thread

/// The examples that are run here.
const RUN: [&str; 5] = [
    "bank-account",
    "fibonacci-thread",
    "hybrid",
    "process-pool",
    "producer-consumer",
];

/// How many processes are killed, and by how many threads at once.
const KILLS: usize = 100;
const KILLERS: usize = 4;
/// How far from the kill a bar may end where the machine has time for the watcher.
const EXACT: u64 = 5_000_000; // nanoseconds

fn main() {
    if let Ok(process) = env::var(RECORD) {
        return record_spans(&process);
    }
    match env::var(ROLE).as_deref() {
        Ok("watch kills") => return watch_kills(),
        Ok("kill") => return kill(),
        Ok("be killed") => return be_killed(),
        Ok("record stubborn") => return record_stubborn(),
        Ok("stubborn") => return be_stubborn(),
        _ => {}
    }
    let (unix, linux) = (cfg!(unix), cfg!(target_os = "linux"));
    support::run(vec![
        Trial::test("10 000 spans of 4 processes, none lost", none_lost),
        Trial::test("a log that cannot be written stops nobody", no_log),
        Trial::test("100 000 nested spans, 2000 that overlap", many_at_once),
        Trial::test("each of 100 bars ends where its process was killed", kills)
            .with_ignored_flag(!linux),
        Trial::test("cargo timeline draws and passes on", drawn),
        Trial::test("cargo timeline lists the examples", listed),
        Trial::test("cargo timeline writes a picture and a trace", files),
        Trial::test("cargo timeline draws a broken log", broken_log),
        Trial::test("cargo timeline is as wide as COLUMNS says", columns),
        Trial::test("cargo timeline explains itself with examples", help),
        Trial::test(
            "cargo timeline draws a run that is interrupted",
            interrupted,
        )
        .with_ignored_flag(!unix),
        Trial::test("cargo timeline that is ended ends the example", ended)
            .with_ignored_flag(!unix),
        Trial::test("cargo timeline that is ended kills what stays", stubborn)
            .with_ignored_flag(!linux),
        Trial::test("cargo timeline refuses what makes no sense", refused),
        Trial::test("cargo timeline refuses work outside the workspace", outside),
        Trial::test("cargo timeline --all draws what chapters show", all),
        Trial::test("cargo timeline --all refuses a busy machine", busy)
            .with_ignored_flag(!linux),
    ])
}

/// The root of the workspace.
fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).expect("it is inside").to_owned()
}

/// The tool, in a folder of its own.
fn tool() -> Program {
    Program::new(env!("CARGO_BIN_EXE_timeline"))
}

/// Where an example is. Those that the trials run are built first: a build that
/// waits for another one may take longer than a run may.
fn built(name: &str) -> &'static Path {
    static BUILT: LazyLock<HashMap<String, PathBuf>> = LazyLock::new(|| {
        let examples = examples::below(&root()).expect("the folder can be read");
        examples
            .into_iter()
            .filter(|example| RUN.contains(&&*example.name))
            .map(|example| {
                let program = example.build(false).expect("it can be built");
                (example.name, program)
            })
            .collect()
    });
    &BUILT[name]
}

/// This program in another role.
fn in_role(role: &str) -> Command {
    let mut command = Command::new(env::current_exe().expect("it has a path"));
    command.env(ROLE, role);
    command
}

/// This program in its other role: records spans with names of their own, some
/// inside others.
fn record_spans(process: &str) {
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let record = move || {
                let mut number = 0;
                while number < SPANS {
                    number = nested(process, thread, number, number % 4);
                }
            };
            let named = thread::Builder::new().name(format!("thread-{thread}"));
            named
                .spawn_scoped(scope, record)
                .expect("the system has threads");
        }
    });
}

/// Records a span with up to `depth` others inside it. Returns the next number.
fn nested(process: &str, thread: usize, number: usize, depth: usize) -> usize {
    // A line has room for a name with line breaks, too.
    let _span = shared::span(format_args!("{process}\n{thread}\r{number}"));
    if depth == 0 || number + 1 == SPANS {
        return number + 1;
    }
    let next = nested(process, thread, number + 1, depth - 1);
    shared::waiting("nothing");
    next
}

fn none_lost() -> Checked {
    let folder = tempfile::tempdir()?;
    let log = folder.path().join("spans.log");
    let children = (0..PROCESSES).map(|process| {
        let mut child = Command::new(env::current_exe().expect("it has a path"));
        child
            .env(RECORD, process.to_string())
            .env("TIMELINE_LOG", &log)
            .spawn()
    });
    for child in children.collect::<Vec<_>>() {
        ensure(child?.wait()?.success(), || "a child failed".into())?;
    }
    let recorded = fs::read_to_string(&log)?;
    for kind in ["begin", "end"] {
        let events = recorded
            .lines()
            .filter(|line| line.starts_with(kind))
            .count();
        let expected = PROCESSES * THREADS * SPANS;
        ensure(events == expected, || {
            format!("{events} of {expected} {kind}s")
        })?;
    }
    let timeline = Timeline::read(recorded.as_bytes(), None);
    ensure(timeline.unreadable.is_empty(), || {
        format!("mixed up: {:?}", timeline.unreadable)
    })?;
    let lanes = timeline.lanes().count();
    ensure(lanes == PROCESSES * THREADS, || format!("{lanes} lanes"))?;
    let mut processes: Vec<&str> = Vec::new();
    for process in &timeline.processes {
        for lane in &process.lanes {
            let spans = || lane.spans.iter().filter(|span| !span.wait);
            let first = &spans().next().ok_or("an empty lane")?.name;
            let process = first.split(' ').next().unwrap_or_default();
            processes.push(process);
            let thread = lane.label.strip_prefix("thread-").unwrap_or_default();
            // Every span, in the order in which they began, at its depth.
            let expected = (0..SPANS).map(|n| format!("{process} {thread} {n}"));
            ensure(
                spans()
                    .map(|span| &span.name)
                    .eq(&expected.collect::<Vec<_>>()),
                || format!("not all spans in order: {lane:?}"),
            )?;
            let right = spans().map(|span| span.depth).eq(depths());
            ensure(right, || format!("not nested as they were: {lane:?}"))?;
            let ordered = spans().is_sorted_by(|a, b| a.begin <= b.begin);
            ensure(
                ordered && spans().all(|s| s.begin <= s.end && !s.torn),
                || format!("out of order: {lane:?}"),
            )?;
        }
    }
    processes.sort_unstable();
    processes.dedup();
    ensure(processes.len() == PROCESSES, || format!("{processes:?}"))?;

    // So many spans can also be drawn.
    let drawn = tool()
        .args(["--log".as_ref(), log.as_os_str()])
        .args(["--svg", "spans.svg", "--trace", "spans.json"])
        .run()?;
    ensure(drawn.status.success(), || drawn.output.clone())?;
    ensure(drawn.output.contains("4 processes, 32 threads"), || {
        drawn.output.clone()
    })?;
    let all = timeline.spans().count();
    // Those that stand in one place of the picture are drawn once.
    picture_with(&drawn.work().join("spans.svg"), 1..=all)?;
    let traced = nested_trace(&drawn.work().join("spans.json"))?;
    ensure(traced == all, || {
        format!("{traced} of {all} spans in the trace")
    })
}

/// The depths of the spans that a thread records.
fn depths() -> impl Iterator<Item = usize> {
    let mut top = 0;
    let mut inner = 0..0;
    iter::repeat_with(move || {
        inner.next().unwrap_or_else(|| {
            inner = 1..top % 4 + 1;
            top += inner.len() + 1;
            0
        })
    })
    .take(SPANS)
}

fn no_log() -> Checked {
    let run = Program::new(built("fibonacci-thread"))
        .env("TIMELINE_LOG", "no/such/log")
        .run()?;
    ensure(run.status.success(), || run.status.to_string())?;
    let complaints = run
        .output
        .lines()
        .filter(|l| l.starts_with("cannot record in no/such/log: "));
    ensure(complaints.count() == 1, || run.output.clone())?;
    ensure(run.output.contains("Main thread exiting."), || run.output)
}

/// `cargo timeline`, in the folder of the workspace.
fn cargo_timeline() -> Program {
    tool().in_folder(&root())
}

fn drawn() -> Checked {
    built("fibonacci-thread");
    let run = cargo_timeline().arg("fibonacci-thread").run()?;
    ensure(run.status.success(), || run.status.to_string())?;
    for text in [
        "Main thread continues executing...\nFibonacci sequence: [0, 1, 1, 2, 3, ",
        "\nfibonacci-thread: 1 process, 2 threads, ",
        "▐own work███",
        "░join░░░",
        "▐fibonacci███",
        "└┴───",
        "██ works   ░░ may wait\n",
    ] {
        ensure(run.output.contains(text), || {
            format!("no {text:?}:\n{}", run.output)
        })?;
    }
    ensure(!run.output.contains('\x1b'), || "colours in a pipe".into())?;
    run.nothing_left()?;

    // What a program prints and returns is its own affair.
    let run = cargo_timeline()
        .args(["producer-consumer", "--", "12"])
        .run()?;
    ensure(run.code() == Some(1), || run.status.to_string())?;
    for text in [
        "no role \"12\"",
        "producer-consumer failed before it recorded anything: ",
    ] {
        ensure(run.output.contains(text), || run.output.clone())?;
    }
    Ok(run.nothing_left()?)
}

fn listed() -> Checked {
    let run = cargo_timeline().run()?;
    ensure(run.status.success(), || run.status.to_string())?;
    let summary = fs::read_to_string(root().join("SUMMARY.md"))?;
    let chapters = summary
        .split("](")
        .filter_map(|link| link.split_once("/README.md)")?.0.split_once('/'))
        .filter(|(group, _)| group.starts_with("examples-"));
    let mut lines = run.output.lines();
    let mut count = 0;
    for (_, name) in chapters {
        // In the order of the chapters, with a sentence each.
        let line = lines.next().unwrap_or_default();
        let sentence = line
            .strip_prefix(name)
            .filter(|sentence| sentence.starts_with(' '))
            .ok_or_else(|| format!("{name} is not next:\n{}", run.output))?;
        ensure(sentence.trim().len() > 20, || line.to_owned())?;
        count += 1;
    }
    ensure(count > 0 && lines.next() == Some(""), || run.output.clone())
}

/// Fails unless the file is a picture with as many spans as it may have.
fn picture_with(file: &Path, spans: RangeInclusive<usize>) -> Checked {
    let text = fs::read_to_string(file)?;
    let picture = roxmltree::Document::parse(&text)?;
    let bars = picture
        .descendants()
        .filter(|node| node.has_tag_name("g"))
        .count();
    ensure(spans.contains(&bars), || {
        format!("{bars} spans, not {spans:?}")
    })
}

/// Fails if two spans of a thread overlap in part. Returns how many there are.
fn nested_trace(file: &Path) -> Result<usize, Failed> {
    let trace: Value = serde_json::from_slice(&fs::read(file)?)?;
    let events = trace["traceEvents"].as_array().ok_or("no events")?;
    let names = events.iter().filter(|event| event["ph"] == "M");
    let mut lanes: Vec<Value> = names
        .filter(|event| event["name"] == "thread_name")
        .map(|event| serde_json::json!([event["pid"], event["tid"]]))
        .collect();
    lanes.dedup();
    let mut count = 0;
    for lane in lanes {
        let of_lane = events.iter().filter(|event| {
            event["ph"] == "X" && event["pid"] == lane[0] && event["tid"] == lane[1]
        });
        let mut around: Vec<(i64, i64)> = Vec::new();
        for event in of_lane {
            count += 1;
            // As whole nanoseconds, which is what Perfetto makes of them.
            let nanoseconds = |field: &str| {
                let microseconds = event[field].as_f64().unwrap_or(f64::NAN);
                format!("{:.0}", microseconds * 1000.0).parse::<i64>()
            };
            let begin = nanoseconds("ts")?;
            let end = begin + nanoseconds("dur")?;
            while around
                .last()
                .is_some_and(|outer| outer.1 <= begin && *outer != (begin, end))
            {
                around.pop();
            }
            let inside = around
                .last()
                .is_none_or(|outer| outer.0 <= begin && end <= outer.1);
            ensure(inside, || {
                format!("{event} is not inside {:?}", around.last())
            })?;
            around.push((begin, end));
        }
    }
    Ok(count)
}

fn files() -> Checked {
    built("bank-account");
    let program = cargo_timeline();
    let (svg, trace) = (
        program.work().join("run.svg"),
        program.work().join("run.json"),
    );
    let options = [
        "--svg".as_ref(),
        svg.as_os_str(),
        "--trace".as_ref(),
        trace.as_os_str(),
    ];
    let run = program.args(options).arg("bank-account").run()?;
    ensure(run.status.success(), || run.output.clone())?;
    let spans = nested_trace(&trace)?;
    // 11 transactions, as many waits for the lock, and main's for the tellers.
    ensure(spans == 23, || format!("{spans} spans"))?;
    picture_with(&svg, spans..=spans)?;
    printed(&svg, &run.output)?;
    let left = support::program::files(&run.work());
    ensure(left.len() == 2, || format!("{left:?}"))
}

/// The picture keeps what the run printed, line by line, with the times; and the
/// reader has seen the same lines.
fn printed(svg: &Path, output: &str) -> Checked {
    let svg = fs::read_to_string(svg)?;
    let svg = roxmltree::Document::parse(&svg)?;
    let metadata = svg.descendants().find(|node| node.has_tag_name("metadata"));
    let metadata = metadata.ok_or("the picture has no metadata")?;
    let duration = metadata.attribute("data-duration").ok_or("no duration")?;
    let duration: u64 = duration.parse()?;
    let (mut times, mut lines) = (Vec::new(), Vec::new());
    for line in metadata.text().unwrap_or_default().trim().lines() {
        let (time, text) = line.split_once(' ').ok_or("a line without a time")?;
        times.push(time.parse::<u64>()?);
        lines.push(text);
    }
    ensure(
        lines.len() == 12 && output.contains(&lines.join("\n")),
        || format!("kept {lines:#?}, but shown was:\n{output}"),
    )?;
    // The first line came long before the run ended.
    ensure(times.is_sorted() && times[0] < duration, || {
        format!("{times:?} of {duration}")
    })
}

fn broken_log() -> Checked {
    let mut log = String::from("hello\n");
    for line in [
        "begin 1000 1 1 0 first",
        "begin x",
        "end 2000 1 1 0 ",
        "begin 3000 1 1 0 l",
    ] {
        let _ = writeln!(log, "{}", line.replacen(' ', "\t", 5));
    }
    log.pop(); // the last line is cut
    let program = tool();
    fs::write(program.work().join("broken.log"), log)?;
    let run = program.args(["--log", "broken.log"]).run()?;
    ensure(run.status.success(), || run.output.clone())?;
    for text in [
        "broken: 1 process, 1 thread, 1.00 µs",
        "▐first██",
        "make no sense: 3, ",
        "the first is 1\n",
    ] {
        ensure(run.output.contains(text), || {
            format!("no {text:?}:\n{}", run.output)
        })?;
    }
    Ok(())
}

fn interrupted() -> Checked {
    built("bank-account");
    let mut run = cargo_timeline().arg("bank-account").start();
    run.child(|command| command.ends_with("/bank-account"))
        .ok_or("not started")?;
    // Until one of its threads works.
    let folder = run.temporary();
    let begun = |file: &PathBuf| {
        fs::read_to_string(file).is_ok_and(|log| log.contains("\nbegin"))
    };
    let works = || support::program::files(&folder).iter().any(begun);
    ensure(run.until(works), || "it never works".into())?;
    run.interrupt();
    let run = run.finish()?;
    ensure(run.code() == Some(130), || {
        format!("{}:\n{}", run.status, run.output)
    })?;
    for text in ["\nbank-account: 1 process, ", "✗", "cut off"] {
        ensure(run.output.contains(text), || {
            format!("no {text:?}:\n{}", run.output)
        })?;
    }
    Ok(run.nothing_left()?)
}

fn refused() -> Checked {
    for (args, code, names) in [
        (
            &["no-such-example"][..],
            2,
            "no example is called \"no-such-example\": `cargo timeline` lists them",
        ),
        (&["bank-acount"], 2, "did you mean \"bank-account\"?"),
        (&["bank_account"], 2, "did you mean \"bank-account\"?"),
        (&["fibonacci"], 2, "did you mean \"fibonacci-thread\"?"),
        (
            &["fibonacci-thread", "12"],
            2,
            "arguments of fibonacci-thread go after --: \
             cargo timeline fibonacci-thread -- 12;",
        ),
        (
            &["image-processing", "a.jpg", "b c.jpg", "--out", "x"],
            2,
            "cargo timeline image-processing -- a.jpg \"b c.jpg\" --out x;",
        ),
        (
            &["pipes", "--size", "9"],
            2,
            "if it is for pipes, it goes after --: cargo timeline pipes -- --size",
        ),
        (&["--fast", "bank-account"], 2, "--fast"),
        (&["--svg"], 2, "--svg"),
        (&["bank-account", "--svg"], 2, "--svg"),
        (&["--log", "a.log", "b"], 2, "only one of"),
        (&["--log", "a.log", "--all"], 2, "only one of"),
        (&["--log", "a.log", "--", "b"], 2, "--log runs nothing"),
        (&["--svg", "a.svg"], 2, "NAME is missing"),
        (&["--", "12"], 2, "NAME is missing"),
        (&["--busy", "7"], 2, "--busy makes sense with --all alone"),
        (&["--all", "--busy", "x"], 2, "\"x\""),
        (&["--log", "no-such.log"], 1, "no-such.log: "),
        (
            &["--log", "Cargo.toml", "--svg", "no/folder.svg"],
            1,
            "cannot write no/folder.svg: ",
        ),
    ] {
        let run = cargo_timeline().args(args).run()?;
        ensure(run.code() == Some(code), || {
            format!("{args:?}: {}", run.status)
        })?;
        let last = run.output.lines().last().unwrap_or_default();
        ensure(last.contains(names), || {
            format!("{args:?}:\n{}", run.output)
        })?;
        // No wall of names.
        ensure(code == 1 || last.len() < 200, || run.output.clone())?;
        run.nothing_left()?;
    }
    Ok(())
}

fn outside() -> Checked {
    for args in [&[][..], &["bank-account"], &["--all"]] {
        let run = tool().args(args).run()?;
        ensure(run.code() == Some(1), || run.status.to_string())?;
        let one_line = run.output.lines().count() == 1;
        ensure(
            one_line && run.output.contains("outside the workspace"),
            || run.output.clone(),
        )?;
    }
    Ok(())
}

fn help() -> Checked {
    let run = tool().args(["bank-account", "--help"]).run()?;
    ensure(run.status.success(), || run.status.to_string())?;
    for text in [
        "cargo timeline [OPTIONS] NAME [OPTIONS] [-- ARGS...]",
        "\nExamples:\n  cargo timeline bank-account\n",
        " -- 20000000\n",
    ] {
        ensure(run.output.contains(text), || run.output.clone())?;
    }
    Ok(())
}

fn columns() -> Checked {
    for (columns, width) in [("60", 60), ("130", 130), ("", 100), ("x", 100)] {
        let program = tool().env("COLUMNS", columns);
        let log = "begin\t1\t1\t1\t1\tfirst\nend\t9\t1\t1\t1\t\n";
        fs::write(program.work().join("run.log"), log)?;
        let run = program.args(["--log", "run.log"]).run()?;
        let lane = run.output.lines().find(|line| line.ends_with('│'));
        let lane = lane.ok_or_else(|| run.output.clone())?;
        ensure(lane.chars().count() == width, || {
            format!("COLUMNS={columns}:\n{}", run.output)
        })?;
    }
    Ok(())
}

/// Sends a signal to the first process of a run alone.
#[cfg(unix)]
fn send(run: &support::Running, signal: rustix::process::Signal) -> Checked {
    let pid = rustix::process::Pid::from_raw(run.pid().cast_signed());
    rustix::process::kill_process(pid.ok_or("no process")?, signal)?;
    Ok(())
}

/// Ended from outside, the tool takes all processes of the example with it, in the
/// middle of their work, and its temporary file. It draws nothing.
#[cfg(unix)]
fn ended() -> Checked {
    use rustix::process::Signal;

    for (example, signal) in [
        ("bank-account", Signal::TERM),
        ("bank-account", Signal::HUP),
        ("process-pool", Signal::TERM),
        ("hybrid", Signal::HUP),
    ] {
        built(example);
        let mut run = cargo_timeline().arg(example).start();
        let folder = run.temporary();
        let begun = |file: &PathBuf| {
            fs::read_to_string(file).is_ok_and(|log| log.contains("\nbegin"))
        };
        let works = || support::program::files(&folder).iter().any(begun);
        ensure(run.until(works), || "it never works".into())?;
        send(&run, signal)?;
        let run = run.finish()?;
        ensure(run.code() == Some(128 + signal.as_raw()), || {
            format!("{example}: {}:\n{}", run.status, run.output)
        })?;
        ensure(!run.output.contains('└'), || run.output.clone())?;
        run.nothing_left()?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn ended() -> Checked {
    Err("needs signals".into())
}

/// A program that does not end when it is told to is killed, and so is a child of
/// its in a process group of its own.
#[cfg(unix)]
fn stubborn() -> Checked {
    let this = env::current_exe()?;
    let mut run = Program::new(this).env(ROLE, "record stubborn").start();
    let folder = run.temporary();
    let begun = |file: &PathBuf| {
        fs::read_to_string(file)
            .is_ok_and(|log| log.matches("stay for ever").count() == 2)
    };
    let works = || support::program::files(&folder).iter().any(begun);
    ensure(run.until(works), || "it never works".into())?;
    send(&run, rustix::process::Signal::TERM)?;
    let run = run.finish()?;
    ensure(run.code() == Some(143), || {
        format!("{}:\n{}", run.status, run.output)
    })?;
    Ok(run.nothing_left()?)
}

#[cfg(not(unix))]
fn stubborn() -> Checked {
    Err("needs signals".into())
}

/// Records a program that has to be killed.
fn record_stubborn() {
    let signals = Signals::handle().expect("signals can be handled");
    let run = timeline::record(&mut in_role("stubborn"), &signals);
    assert!(
        run.expect("it can be recorded").is_none(),
        "it was not ended"
    );
    process::exit(signals.exit_code().expect("a signal ended it"));
}

/// Handles SIGTERM and ends by nothing but a kill, as a child in another group.
fn be_stubborn() {
    let _signals = Signals::handle().expect("signals can be handled");
    let _span = shared::span("stay for ever");
    let is_child = env::args().len() > 1;
    let mut child = None;
    if !is_child {
        let mut command = in_role("stubborn");
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        child = Some(command.arg("child").spawn().expect("it can be started"));
    }
    loop {
        thread::sleep(Duration::from_secs(60));
        drop(child.as_mut().map(process::Child::try_wait));
    }
}

/// A workspace with two examples that record a span each. The chapter of one shows
/// its picture.
fn workspace() -> io::Result<tempfile::TempDir> {
    const MAIN: &str = r#"//! Records a span.
use std::{env, fs, process, time::SystemTime};
fn main() {
    let log = env::var("TIMELINE_LOG").unwrap();
    let time = SystemTime::UNIX_EPOCH.elapsed().unwrap().as_nanos();
    let id = process::id();
    fs::write(log, format!(
        "process\t{time}\t{id}\t0\t0\tx\nbegin\t{time}\t{id}\t1\t1\tjob\n\
         end\t{}\t{id}\t1\t1\t\n", time + 1000)).unwrap();
}
"#;
    let folder = tempfile::tempdir()?;
    let manifest = "[workspace]\nresolver = \"3\"\nmembers = [\"examples-x/*\"]\n";
    fs::write(folder.path().join("Cargo.toml"), manifest)?;
    for (name, chapter) in [("plain", "none"), ("shown", "![x](timeline.svg)")] {
        let package = folder.path().join("examples-x").join(name);
        fs::create_dir_all(package.join("src"))?;
        let manifest =
            format!("[package]\nname = \"{name}\"\nedition = \"2024\"\n");
        fs::write(package.join("Cargo.toml"), manifest)?;
        fs::write(package.join("README.md"), chapter)?;
        fs::write(package.join("src/main.rs"), MAIN)?;
    }
    Ok(folder)
}

fn all() -> Checked {
    let workspace = workspace()?;
    let run = tool()
        .in_folder(workspace.path())
        .args(["--all", "--busy", "100"])
        .run()?;
    ensure(run.status.success(), || run.output.clone())?;
    ensure(run.output.contains("shown: 1 process, 1 thread, "), || {
        run.output.clone()
    })?;
    let examples = workspace.path().join("examples-x");
    picture_with(&examples.join("shown/timeline.svg"), 1..=1)?;
    let plain = examples.join("plain/timeline.svg");
    ensure(!plain.exists() && !run.output.contains("plain"), || {
        format!("the chapter shows none:\n{}", run.output)
    })?;
    Ok(run.nothing_left()?)
}

/// Loops of this program keep the cores busy: nothing is written.
fn busy() -> Checked {
    let workspace = workspace()?;
    let cores = thread::available_parallelism()?.get();
    let ended = AtomicBool::new(false);
    let run = thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                while !ended.load(Ordering::Relaxed) {
                    hint::spin_loop();
                }
            });
        }
        let run = tool().in_folder(workspace.path()).arg("--all").run();
        ended.store(true, Ordering::Relaxed);
        run
    });
    let run = run?;
    ensure(run.code() == Some(1), || {
        format!("{}:\n{}", run.status, run.output)
    })?;
    let last = run.output.lines().last().unwrap_or_default();
    let right = last.starts_with("the machine is busy: other programs used ")
        && last.ends_with(" more than 5 %; the picture is not written");
    ensure(right, || run.output.clone())?;
    let picture = workspace.path().join("examples-x/shown/timeline.svg");
    ensure(!picture.exists(), || "it was written".into())
}

/// What is written grows with the events, however many spans are open at once.
fn many_at_once() -> Checked {
    for (count, last_out_first) in [(100_000, true), (2000, false)] {
        let mut log = String::new();
        for span in 1..=count {
            let _ = writeln!(log, "begin\t{span}\t1\t1\t{span}\tspan {span}");
        }
        for end in 1..=count {
            let span = if last_out_first { count + 1 - end } else { end };
            let _ = writeln!(log, "end\t{}\t1\t1\t{span}\t", count + end);
        }
        let program = tool();
        fs::write(program.work().join("run.log"), log)?;
        let start = Instant::now();
        let run = program
            .args([
                "--log", "run.log", "--svg", "run.svg", "--trace", "run.json",
            ])
            .run()?;
        println!(
            "{count} spans that are open at once: {:.2?}",
            start.elapsed()
        );
        ensure(run.status.success(), || run.output.clone())?;
        let left_out = format!("… {} more levels, not drawn", count - 12);
        ensure(run.output.contains(&left_out), || run.output.clone())?;
        picture_with(&run.work().join("run.svg"), 12..=12)?;
        let trace = fs::read_to_string(run.work().join("run.json"))?;
        let spans = trace.matches("\"ph\":\"X\"").count();
        ensure(spans == count, || format!("{spans} spans"))?;
        ensure(trace.len() < 250 * count, || {
            format!("{} bytes for {count} spans", trace.len())
        })?;
    }
    Ok(())
}

/// Another process does it: a run is recorded by a process that has no other
/// children.
fn kills() -> Checked {
    let this = env::current_exe()?;
    let run = Program::new(this).env(ROLE, "watch kills").run()?;
    print!("{}", run.output);
    ensure(run.status.success(), || run.output.clone())?;
    Ok(run.nothing_left()?)
}

/// Records the process that kills others, and compares. The span "kill ID" is
/// around the kill and the wait for its victim. A thread finds out meanwhile how
/// long a process has to wait for a core on this machine.
fn watch_kills() {
    let signals = Signals::handle().expect("signals can be handled");
    let (recorded, delay) = thread::scope(|scope| {
        let record =
            scope.spawn(|| timeline::record(&mut in_role("kill"), &signals));
        let pause = Duration::from_millis(1);
        let mut delay = Duration::ZERO;
        while !record.is_finished() {
            let start = Instant::now();
            thread::sleep(pause);
            delay = delay.max(start.elapsed().saturating_sub(pause));
        }
        (record.join().expect("it does not panic"), delay)
    });
    let Recorded { status, timeline } =
        recorded.expect("it can be recorded").expect("no signal");
    assert!(status.success(), "{status}");
    let spans = |name: &'static str| -> Vec<(&Span, u32)> {
        let of_process = |process: &timeline::Process| process.id;
        timeline
            .processes
            .iter()
            .flat_map(|p| p.lanes.iter().map(move |lane| (lane, of_process(p))))
            .flat_map(|(lane, id)| lane.spans.iter().map(move |span| (span, id)))
            .filter(|(span, _)| span.name.starts_with(name))
            .collect()
    };
    let kills = spans("kill ");
    let mut errors = Vec::new();
    let mut late = Vec::new();
    for (bar, id) in spans("be killed") {
        assert!(bar.torn && !bar.fades, "{bar:?}");
        let name = format!("kill {id}");
        let (kill, _) = kills
            .iter()
            .find(|(kill, _)| kill.name == name)
            .expect("it was killed");
        // Two clocks that were set one after the other may differ a little.
        assert!(bar.end + 1_000_000 > kill.begin, "{bar:?} before {kill:?}");
        errors.push(bar.end.saturating_sub(kill.begin));
        // The process that waits for its victim and the watcher wake up at once.
        late.push(bar.end.saturating_sub(kill.end));
    }
    assert_eq!((errors.len(), kills.len()), (KILLS, KILLS));
    errors.sort_unstable();
    late.sort_unstable();
    let delay = u64::try_from(delay.as_nanos()).expect("it is short");
    println!(
        "{KILLS} bars end after the kill by: median {}, most {}; \
         the longest wait for a core: {}",
        milliseconds(errors[KILLS / 2]),
        milliseconds(errors[KILLS - 1]),
        milliseconds(delay)
    );
    assert!(late[KILLS / 2] <= EXACT + delay, "{late:?}");
    assert!(late[KILLS - 1] <= EXACT + 4 * delay, "{late:?}");
}

fn milliseconds(nanoseconds: u64) -> String {
    let seconds = Duration::from_nanos(nanoseconds).as_secs_f64();
    format!("{:.2} ms", seconds * 1000.0)
}

/// Starts processes and kills each at a random moment after its first span began.
fn kill() {
    thread::scope(|scope| {
        for _ in 0..KILLERS {
            scope.spawn(|| {
                for _ in 0..KILLS / KILLERS {
                    let mut victim = in_role("be killed")
                        .stdin(Stdio::piped())
                        .stdout(Stdio::piped())
                        .spawn()
                        .expect("it can be started");
                    let mut begun = [0];
                    let stdout = victim.stdout.as_mut().expect("a pipe");
                    stdout.read_exact(&mut begun).expect("it begins");
                    let moment = rand::random_range(0..10_000);
                    thread::sleep(Duration::from_micros(moment));
                    let _span = shared::span(format_args!("kill {}", victim.id()));
                    victim.kill().expect("it is there");
                    victim.wait().expect("it was killed");
                }
            });
        }
    });
}

/// Waits in a span for its end.
fn be_killed() {
    let _span = shared::span("be killed");
    println!();
    io::stdout().flush().expect("the parent reads");
    let _ = io::stdin().read(&mut [0]); // nothing comes
}
