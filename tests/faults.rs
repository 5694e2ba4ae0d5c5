//! Programs and their parts are killed, at any moment: what is left ends by itself,
//! says what happened, and nothing is lost without a word or left behind.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use image::ImageReader;
use libtest_mimic::{Failed, Trial};
use tests::program::{binary, files};
use tests::{Checked, Example, Program, Running, common_form, ensure, examples};

/// At how many moments of a run something is killed.
const MOMENTS: u32 = 8;

fn main() {
    let mut tests = Vec::new();
    for example in examples() {
        let killed = example.clone();
        tests.push(Trial::test(format!("{}: Ctrl-C", example.name), move || {
            at_many_moments(|moment| interrupted(&example, moment), &example)
        }));
        tests.push(Trial::test(
            format!("{}: parent killed", killed.name),
            move || {
                at_many_moments(|moment| parent_killed(&killed, moment), &killed)
            },
        ));
    }
    for role in ["producer", "consumer"] {
        tests.push(Trial::test(
            format!("producer-consumer: {role} killed"),
            move || {
                let example = Example::named("producer-consumer");
                at_many_moments(|moment| role_killed(role, moment), &example)
            },
        ));
    }
    for name in ["crash-isolation", "deadlock", "print-numbers-process"] {
        tests.push(Trial::test(
            format!("{name}: a child that cannot be started"),
            move || not_started(name),
        ));
    }
    tests.push(Trial::test("crash-isolation: the same in 50 runs", same_crashes));
    tests.push(Trial::test("deadlock: the same in 200 runs", always_stuck));
    tests.push(Trial::test("deadlock: stuck without its parent", stuck_child));
    tests.push(Trial::test("print-numbers-process: child killed", child_killed));
    tests.push(Trial::test(
        "print-numbers-process: child ends with its parent",
        child_ends_with_parent,
    ));
    tests.push(Trial::test("image-processing: a process killed", picture_killed));
    tests
        .push(Trial::test("image-processing: Ctrl-C while busy", busy_interrupted));
    tests.push(Trial::test(
        "image-processing: parent killed while busy",
        busy_orphan,
    ));
    for (name, killed) in [
        ("mixed-workload", chunk_killed as fn(Duration) -> Checked),
        ("hybrid", share_killed),
    ] {
        tests.push(Trial::test(format!("{name}: a process killed"), move || {
            at_many_moments(killed, &Example::named(name))
        }));
        tests.push(Trial::test(
            format!("{name}: Ctrl-C for the parent"),
            move || {
                let example = Example::named(name);
                at_many_moments(
                    |moment| parent_interrupted(&example, moment),
                    &example,
                )
            },
        ));
    }
    tests.push(Trial::test("sum-of-squares: a process killed", sum_killed));
    // Work for days.
    for (name, args) in [
        ("mixed-workload", &["count-primes", "0", "1000000000000"][..]),
        ("hybrid", &["process-1", "1", "100000000"]),
        ("sum-of-squares", &["--sum", "1000000000000"]),
    ] {
        tests.push(Trial::test(
            format!("{name}: a child without parent"),
            move || child_without_parent(name, args),
        ));
    }
    if cfg!(not(unix)) {
        // Only Unix has these signals.
        tests =
            tests.into_iter().map(|test| test.with_ignored_flag(true)).collect();
    }
    tests::run(tests)
}

/// Calls `check` for moments from the start of a run to its end.
fn at_many_moments(
    check: impl Fn(Duration) -> Checked,
    example: &Example,
) -> Checked {
    let program = Program::rust(example); // builds it, the first time
    let start = Instant::now();
    program.run()?;
    let whole = start.elapsed();
    (0..MOMENTS).try_for_each(|moment| {
        let moment = whole * moment / MOMENTS;
        check(moment).map_err(|error| {
            format!("after {moment:?}: {}", error.message().unwrap_or_default())
                .into()
        })
    })
}

/// The terminal sends Ctrl-C to the whole run.
fn interrupted(example: &Example, moment: Duration) -> Checked {
    let run = Program::rust(example).start();
    thread::sleep(moment);
    run.interrupt();
    let run = run.finish()?;
    // A run that was quicker than the moment has ended well.
    let expected = [None, Some(130), Some(0)].contains(&run.code());
    ensure(expected, || format!("{}:\n{}", run.status, run.output))?;
    ensure(!run.output.contains("panicked"), || run.output.clone())?;
    run.others_end()?;
    run.no_files_left()?;
    only_whole_pictures(&run.work(), true)
}

fn parent_killed(example: &Example, moment: Duration) -> Checked {
    let run = Program::rust(example).start();
    thread::sleep(moment);
    run.kill(run.pid());
    let run = run.finish()?;
    run.others_end()?;
    only_whole_pictures(&run.work(), false)
}

/// Whatever has the name of a picture is one. After the end of the parent by
/// SIGKILL a temporary file may be left, otherwise not.
fn only_whole_pictures(folder: &Path, nothing_else: bool) -> Checked {
    for file in tests::program::files(folder) {
        let hidden =
            file.components().any(|c| c.as_os_str().as_encoded_bytes()[0] == b'.');
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

/// Either process dies: the other ends, and every number that was accepted is
/// consumed or reported as lost.
fn role_killed(role: &str, moment: Duration) -> Checked {
    let mut run = Program::rust(&Example::named("producer-consumer")).start();
    thread::sleep(moment);
    let Some(pid) = run.child(|command| command.ends_with(&format!(" {role}")))
    else {
        return Ok(()); // it has done its work
    };
    run.kill(pid);
    let run = run.finish()?;
    run.nothing_left()?;

    let numbers = |words: &str| -> Vec<u32> {
        let found = run.output.lines().filter_map(|line| line.strip_prefix(words));
        found.map(|number| number.parse().expect("a number")).collect()
    };
    let produced = numbers("[producer] Produced: ");
    let consumed = numbers("[consumer] Consumed: ");
    if run.status.success() {
        // The signal came when it had done everything.
        return ensure(consumed == produced, || run.output.clone());
    }
    ensure(run.code() == Some(1), || run.status.to_string())?;
    let report = run.output.lines().last().unwrap_or_default();
    let said = report.contains(&format!("{role}: signal: 9 (SIGKILL)"));
    ensure(said, || {
        format!("does not say that the {role} was killed:\n{}", run.output)
    })?;
    let lost =
        report.split_once("lost: [").and_then(|(_, lost)| lost.strip_suffix("]"));
    let lost = lost.ok_or("does not say what is lost")?.split(", ");
    let lost: Vec<u32> = lost.filter_map(|number| number.parse().ok()).collect();

    // In the order in which they were produced: the consumed ones, then the lost
    // ones, of which the first may have been printed as consumed already. The last
    // may have been accepted without its producer saying so.
    let accounted =
        |seen: usize| [&consumed[..], &lost[seen.min(lost.len())..]].concat();
    let fits =
        |all: &[u32]| all.starts_with(&produced) && all.len() <= produced.len() + 1;
    let printed_and_lost = !lost.is_empty() && consumed.last() == lost.first();
    let complete = fits(&accounted(0)) || printed_and_lost && fits(&accounted(1));
    ensure(complete, || format!("something is missing:\n{}", run.output))
}

/// A run of the example, after a line of shell that sets its limits.
fn limited(name: &str, limits: &str) -> Program {
    let script = format!("{limits} && exec \"$0\"");
    Program::new("sh").args(["-c", &script]).arg(binary(name))
}

fn not_started(name: &str) -> Checked {
    // One file beside the three that are open: the loader needs it, and for a pipe
    // it is not enough.
    let run = limited(name, "ulimit -n 4").run()?;
    ensure(run.code() == Some(1), || run.status.to_string())?;
    let one_line = run.output.lines().count() == 1;
    ensure(one_line && run.output.starts_with("cannot start "), || {
        run.output.clone()
    })?;
    Ok(run.nothing_left()?)
}

/// Also where core files are wanted, and where stacks are as large as they may be.
fn same_crashes() -> Checked {
    const LIMITS: &str = "ulimit -c $(ulimit -H -c) && ulimit -s $(ulimit -H -s)";
    let example = Example::named("crash-isolation");
    let chapter = example.printed_in_chapter("cargo run -qp crash-isolation");
    let chapter = chapter.ok_or("the chapter does not show the run")?;
    let lost: Vec<&str> = chapter
        .lines()
        .filter_map(|line| line.strip_suffix(": the program is lost"))
        .collect();
    ensure(lost == ["abort in a thread", "stack overflow in a thread"], || {
        chapter.clone()
    })?;
    let form = |printed: &str| common_form(&example.name, printed);
    for _ in 0..10 {
        let start = |_| limited(&example.name, LIMITS).start();
        let runs: Vec<Running> = (0..5).map(start).collect();
        for run in runs {
            let run = run.finish()?;
            ensure(run.status.success(), || run.status.to_string())?;
            ensure(form(&run.output) == form(&chapter), || run.output.clone())?;
            run.nothing_left()?;
            let files = files(&run.work());
            ensure(files.is_empty(), || format!("core files: {files:?}"))?;
        }
    }
    Ok(())
}

/// Forced and detected every time, also when many runs disturb each other.
fn always_stuck() -> Checked {
    let example = Example::named("deadlock");
    let chapter = example.printed_in_chapter("cargo run -qp deadlock");
    let form = |printed: &str| common_form(&example.name, printed);
    let expected = form(&chapter.ok_or("the chapter does not show the run")?);
    let line = "\nDeadlock: alice waits for bob, bob waits for alice\n";
    ensure(expected.contains(line), || expected.clone())?;
    for _ in 0..10 {
        let start = |_| Program::rust(&example).start();
        let runs: Vec<Running> = (0..20).map(start).collect();
        for run in runs {
            let run = run.finish()?;
            ensure(run.status.success(), || run.status.to_string())?;
            ensure(form(&run.output) == expected, || run.output.clone())?;
            run.nothing_left()?;
        }
    }
    Ok(())
}

/// The child gets stuck by itself, and ends because its standard input has ended.
fn stuck_child() -> Checked {
    for _ in 0..20 {
        let example = Example::named("deadlock");
        let run = Program::rust(&example).arg("any-order").run()?;
        ensure(run.code() == Some(1), || {
            format!("{}:\n{}", run.status, run.output)
        })?;
        run.nothing_left()?;
    }
    Ok(())
}

/// The child of print-numbers-process, as soon as it is there.
fn start_print_numbers() -> Result<(Running, u32), Failed> {
    let mut run = Program::rust(&Example::named("print-numbers-process")).start();
    let child = run.child(|command| command.ends_with(" print-numbers"));
    Ok((run, child.ok_or("there is no child")?))
}

fn child_killed() -> Checked {
    let (run, child) = start_print_numbers()?;
    run.kill(child);
    let run = run.finish()?;
    ensure(run.code() == Some(1), || run.status.to_string())?;
    let last = run.output.lines().last();
    let said = last == Some("the child ended with signal: 9 (SIGKILL)");
    ensure(said && !run.output.contains("finished"), || run.output.clone())?;
    Ok(run.nothing_left()?)
}

fn child_ends_with_parent() -> Checked {
    let (run, _) = start_print_numbers()?;
    run.kill(run.pid());
    let run = run.finish()?; // the output ends with the child
    ensure(!run.output.contains("Process: 4"), || {
        format!("it went on:\n{}", run.output)
    })?;
    Ok(run.others_end()?)
}

/// An image-processing run whose second picture is a named pipe to which nobody
/// writes: the child that opens it waits for ever.
fn start_with_a_picture_that_waits() -> Result<(Running, u32), Failed> {
    let program = Program::rust(&Example::named("image-processing"));
    for name in ["first.jpg", "last.jpg"] {
        image::DynamicImage::new_rgb8(60, 40).save(program.work().join(name))?;
    }
    let pipe = program.work().join("waits.jpg");
    let made = Command::new("mkfifo").arg(pipe).status()?;
    ensure(made.success(), || "cannot make a named pipe".into())?;
    let pictures = ["first.jpg", "waits.jpg", "last.jpg"];
    let mut run = program.args(pictures).args(["--out", "out"]).start();
    let child = run.child(|command| command.contains("waits.jpg"));
    Ok((run, child.ok_or("no process has opened the picture")?))
}

fn picture_killed() -> Checked {
    let (run, child) = start_with_a_picture_that_waits()?;
    run.kill(child);
    let run = run.finish()?;
    ensure(run.code() == Some(1), || run.status.to_string())?;
    let expected = [
        "Main process continues executing...",
        "Image processed: processed_first.jpg",
        "waits.jpg: its process ended with signal: 9 (SIGKILL)",
        "Image processed: processed_last.jpg",
        "Results in out",
        "Main process exiting.",
    ];
    ensure(run.output.lines().eq(expected), || run.output.clone())?;
    Ok(run.nothing_left()?)
}

fn busy_interrupted() -> Checked {
    for whole_run in [true, false] {
        let (run, _) = start_with_a_picture_that_waits()?;
        if whole_run {
            run.interrupt();
        } else {
            run.interrupt_first();
        }
        let run = run.finish()?;
        ensure(run.code() == Some(130), || {
            format!("{}:\n{}", run.status, run.output)
        })?;
        run.nothing_left()?;
        only_whole_pictures(&run.work().join("out"), true)?;
    }
    Ok(())
}

fn busy_orphan() -> Checked {
    let (run, _) = start_with_a_picture_that_waits()?;
    run.kill(run.pid());
    let run = run.finish()?;
    run.others_end()?;
    only_whole_pictures(&run.work().join("out"), false)
}

/// `kill -INT` of the parent alone.
fn parent_interrupted(example: &Example, moment: Duration) -> Checked {
    let run = Program::rust(example).start();
    thread::sleep(moment);
    run.interrupt_first();
    let run = run.finish()?;
    let expected = [None, Some(130), Some(0)].contains(&run.code());
    ensure(expected, || format!("{}:\n{}", run.status, run.output))?;
    run.others_end()?;
    Ok(run.no_files_left()?)
}

/// A child whose standard input has ended already ends in the middle of its work.
fn child_without_parent(name: &str, args: &[&str]) -> Checked {
    let run = Program::rust(&Example::named(name)).args(args).run()?;
    ensure(run.code() == Some(1), || run.status.to_string())?;
    ensure(run.output.is_empty(), || run.output.clone())?;
    Ok(run.nothing_left()?)
}

/// One of the processes that count is killed: its chunk is named at the end, and
/// everything else is done.
fn chunk_killed(moment: Duration) -> Checked {
    let mut run = Program::rust(&Example::named("mixed-workload")).start();
    thread::sleep(moment);
    let child = run.child(|command| command.contains(" count-primes "));
    let Some(child) = child else { return Ok(()) }; // all is done
    run.kill(child);
    let run = run.finish()?;
    run.nothing_left()?;
    // Three times, one phase a line: the times stand there in any case.
    let times = run.output.lines().filter(|line| line.ends_with(" seconds"));
    ensure(times.count() == 3, || run.output.clone())?;
    let lines =
        |start: &str| run.output.lines().filter(|l| l.starts_with(start)).count();
    ensure(lines("[query-") == 6, || run.output.clone())?;
    if run.status.success() {
        // The signal came when the child had answered.
        return ensure(lines("[chunk-") == 8, || run.output.clone());
    }
    ensure(run.code() == Some(1), || run.status.to_string())?;
    let last = run.output.lines().last().unwrap_or_default();
    let words = ": its process ended with signal: 9 (SIGKILL)";
    let named = last.strip_suffix(words).ok_or_else(|| run.output.clone())?;
    let counted = (lines("[chunk-"), lines(&format!("[{named}] ")));
    ensure(counted == (7, 1), || format!("{counted:?}:\n{}", run.output))
}

/// One of two processes is killed: every order of the other is there, and every
/// order of its own is either there or reported as lost.
fn share_killed(moment: Duration) -> Checked {
    let mut run = Program::rust(&Example::named("hybrid")).start();
    thread::sleep(moment);
    let child = run.child(|command| command.contains(" process-2 "));
    let Some(child) = child else { return Ok(()) };
    run.kill(child);
    let run = run.finish()?;
    run.nothing_left()?;

    let mut orders: Vec<u32> = Vec::new();
    let mut sum = 0;
    for line in run.output.lines() {
        if let Some((_, words)) = line.split_once("] Order ") {
            let (order, amount) = words.split_once(": ").ok_or("no amount")?;
            let amount = amount.strip_suffix(" euros").ok_or("no euros")?;
            orders.push(order.parse()?);
            sum += amount.parse::<u32>()?;
        }
    }
    ensure(run.output.contains(&format!("\nTotal: {sum} euros")), || {
        format!("not the sum {sum}:\n{}", run.output)
    })?;
    if !run.status.success() {
        ensure(run.code() == Some(1), || run.status.to_string())?;
        let report = run.output.lines().last().unwrap_or_default();
        let lost = report
            .strip_prefix("process-2: signal: 9 (SIGKILL), orders lost: [")
            .and_then(|lost| lost.strip_suffix("]"))
            .ok_or_else(|| run.output.clone())?;
        for order in lost.split(", ").filter(|order| !order.is_empty()) {
            orders.push(order.parse()?);
        }
    }
    orders.sort_unstable();
    ensure(orders.iter().copied().eq(1..=12), || run.output.clone())
}

/// One of the processes dies: its number is named, the other sums are there.
fn sum_killed() -> Checked {
    // Long enough to be caught at work.
    let first = if cfg!(debug_assertions) { 30_000_000 } else { 300_000_000 };
    let program = Program::rust(&Example::named("sum-of-squares"));
    let mut run = program.arg(first.to_string()).start();
    let killed = first + 2;
    let child = run.child(|command| command.ends_with(&format!(" {killed}")));
    run.kill(child.ok_or("no process has begun")?);
    let run = run.finish()?;
    ensure(run.code() == Some(1), || format!("{}:\n{}", run.status, run.output))?;
    let formula = |n: u128| (n - 1) * n * (2 * n - 1) / 6;
    let results = (first..first + 8).map(|number| {
        if number == killed {
            return format!("{number}: its process ended with signal: 9 (SIGKILL)");
        }
        format!("Sum of squares below {number}: {}", formula(number))
    });
    let expected = results.chain(["Results match: true".to_owned()]);
    // Before them come the number of cores and two times.
    ensure(run.output.lines().skip(3).eq(expected), || run.output.clone())?;
    Ok(run.nothing_left()?)
}
