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
use tests::{
    Checked, Example, Program, Running, common_form, ensure, examples, many_runs,
};

/// At how many moments of a run something is killed.
const MOMENTS: u32 = 8;

#[expect(clippy::too_many_lines, reason = "it lists the trials")]
fn main() {
    let mut tests = Vec::new();
    for example in examples() {
        let killed = example.clone();
        tests.push(Trial::test(
            format!("{}: Ctrl-C", example.name),
            move || {
                at_many_moments(|moment| interrupted(&example, moment), &example)
            },
        ));
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
    for (title, name, check) in [
        (
            "a client killed",
            "manager",
            client_killed as fn(Duration) -> Checked,
        ),
        ("the manager killed", "manager", manager_killed),
        ("a process killed", "shared-memory", sharer_killed),
        ("a process killed", "mixed-workload", chunk_killed),
        ("a process killed", "hybrid", share_killed),
        ("a worker killed", "task-granularity", worker_killed),
        ("a consumer killed", "sentinel-queue", queue_consumer_killed),
    ] {
        tests.push(Trial::test(format!("{name}: {title}"), move || {
            at_many_moments(check, &Example::named(name))
        }));
    }
    for (name, check) in [
        ("crash-isolation", not_started as fn(&str) -> Checked),
        ("deadlock", not_started),
        ("print-numbers-process", not_started),
        ("pipes", no_pipes),
        ("sentinel-queue", no_pipes),
    ] {
        tests.push(Trial::test(
            format!("{name}: a child that cannot be started"),
            move || check(name),
        ));
    }
    tests.push(Trial::test(
        "crash-isolation: the same in 50 runs",
        same_crashes,
    ));
    tests.push(Trial::test("deadlock: the same in 200 runs", always_stuck));
    tests.push(Trial::test(
        "deadlock: stuck without its parent",
        stuck_child,
    ));
    tests.push(Trial::test(
        "print-numbers-process: child killed",
        child_killed,
    ));
    tests.push(Trial::test(
        "print-numbers-process: child ends with its parent",
        child_ends_with_parent,
    ));
    tests.push(Trial::test(
        "image-processing: a process killed",
        picture_killed,
    ));
    tests.push(Trial::test(
        "image-processing: Ctrl-C while busy",
        busy_interrupted,
    ));
    tests.push(Trial::test(
        "image-processing: parent killed while busy",
        busy_orphan,
    ));
    for name in ["mixed-workload", "hybrid", "pipes", "sentinel-queue"] {
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
        (
            "mixed-workload",
            &["count-primes", "0", "1000000000000"][..],
        ),
        ("hybrid", &["process-1", "1", "100000000"]),
        ("sum-of-squares", &["--sum", "1000000000000"]),
    ] {
        tests.push(Trial::test(
            format!("{name}: a child without parent"),
            move || child_without_parent(name, args),
        ));
    }
    tests.extend(pipes());
    if cfg!(not(unix)) {
        // Only Unix has these signals.
        tests = tests
            .into_iter()
            .map(|test| test.with_ignored_flag(true))
            .collect();
    }
    tests::run(tests)
}

fn pipes() -> Vec<Trial> {
    let mut tests = Vec::new();
    for role in ["send", "answer", "get-stuck", "echo"] {
        tests.push(Trial::test(format!("pipes: {role} killed"), move || {
            pipe_end_killed(role)
        }));
    }
    tests.push(Trial::test(
        "pipes: a reader that goes away",
        reader_goes_away,
    ));
    // `send` and `echo` do not miss one: to them, the input is only empty.
    for (role, code) in [
        ("send 100", 0),
        ("get-stuck 1000000", 1),
        ("answer", 1),
        ("echo", 0),
    ] {
        tests.push(Trial::test(
            format!("pipes: {role} without parent"),
            move || alone(role, code),
        ));
    }
    tests
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
    ensure(!run.output.contains("panicked at"), || run.output.clone())?;
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
    if cfg!(target_os = "linux") {
        run.no_files_left()?; // elsewhere, shared memory has a name
    }
    only_whole_pictures(&run.work(), false)
}

/// Whatever has the name of a picture is one. After the end of the parent by
/// SIGKILL a temporary file may be left, otherwise not.
fn only_whole_pictures(folder: &Path, nothing_else: bool) -> Checked {
    for file in tests::program::files(folder) {
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
        let found = run
            .output
            .lines()
            .filter_map(|line| line.strip_prefix(words));
        found
            .map(|number| number.parse().expect("a number"))
            .collect()
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
    let lost = report
        .split_once("lost: [")
        .and_then(|(_, lost)| lost.strip_suffix("]"));
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
    ensure(complete, || {
        format!("something is missing:\n{}", run.output)
    })
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
    ensure(
        lost == ["abort in a thread", "stack overflow in a thread"],
        || chapter.clone(),
    )?;
    let form = |printed: &str| common_form(&example.name, printed);
    let program = || limited(&example.name, LIMITS);
    many_runs(10, 5, program, |run| {
        ensure(form(&run.output) == form(&chapter), || run.output.clone())?;
        let files = files(&run.work());
        ensure(files.is_empty(), || format!("core files: {files:?}"))
    })
}

/// Forced and detected every time, also when many runs disturb each other.
fn always_stuck() -> Checked {
    let example = Example::named("deadlock");
    let chapter = example.printed_in_chapter("cargo run -qp deadlock");
    let form = |printed: &str| common_form(&example.name, printed);
    let expected = form(&chapter.ok_or("the chapter does not show the run")?);
    let line = "\nDeadlock: alice waits for bob, bob waits for alice\n";
    ensure(expected.contains(line), || expected.clone())?;
    many_runs(
        10,
        20,
        || Program::rust(&example),
        |run| ensure(form(&run.output) == expected, || run.output.clone()),
    )
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
    ensure(said && !run.output.contains("finished"), || {
        run.output.clone()
    })?;
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
    ensure(counted == (7, 1), || {
        format!("{counted:?}:\n{}", run.output)
    })
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
    ensure(
        run.output.contains(&format!("\nTotal: {sum} euros")),
        || format!("not the sum {sum}:\n{}", run.output),
    )?;
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

/// A worker dies: the run is as always, or, if a job travelled alone, one line says
/// what happened to it.
fn worker_killed(moment: Duration) -> Checked {
    let mut run = Program::rust(&Example::named("task-granularity")).start();
    thread::sleep(moment);
    let worker = run.child(|command| command.contains(" --pool-worker "));
    let Some(worker) = worker else { return Ok(()) }; // all is done
    run.kill(worker);
    let run = run.finish()?;
    run.nothing_left()?;
    if run.status.success() {
        return ensure(run.output.contains("in chunks of 1000"), || run.output);
    }
    ensure(run.code() == Some(1), || run.status.to_string())?;
    let last = run.output.lines().last();
    let said = last == Some("its worker ended with signal: 9 (SIGKILL)");
    ensure(said, || run.output.clone())
}

/// One of the processes dies: its number is named, the other sums are there.
fn sum_killed() -> Checked {
    // Long enough to be caught at work.
    let first = if cfg!(debug_assertions) {
        30_000_000
    } else {
        300_000_000
    };
    let program = Program::rust(&Example::named("sum-of-squares"));
    let mut run = program.arg(first.to_string()).start();
    let killed = first + 2;
    let child = run.child(|command| command.ends_with(&format!(" {killed}")));
    run.kill(child.ok_or("no process has begun")?);
    let run = run.finish()?;
    ensure(run.code() == Some(1), || {
        format!("{}:\n{}", run.status, run.output)
    })?;
    let formula = |n: u128| (n - 1) * n * (2 * n - 1) / 6;
    let results = (first..first + 8).map(|number| {
        if number == killed {
            return format!("{number}: its process ended with signal: 9 (SIGKILL)");
        }
        format!("Sum of squares below {number}: {}", formula(number))
    });
    let expected = results.chain(["Results match: true".to_owned()]);
    // Before them come the number of cores and two times.
    ensure(run.output.lines().skip(3).eq(expected), || {
        run.output.clone()
    })?;
    Ok(run.nothing_left()?)
}

/// The others make all their calls, and what the killed one has asked for is done.
fn client_killed(moment: Duration) -> Checked {
    let mut run = Program::rust(&Example::named("manager")).start();
    thread::sleep(moment);
    let Some(client) = run.child(|command| command.ends_with(" client-3")) else {
        return Ok(()); // all is done
    };
    run.kill(client);
    let run = run.finish()?;
    run.nothing_left()?;
    let number = |label: &str| -> Result<u32, Failed> {
        let line = run.output.lines().find_map(|line| line.strip_prefix(label));
        let (number, _) =
            line.and_then(|n| n.split_once(" of ")).ok_or("no line")?;
        Ok(number.parse()?)
    };
    let (lossy, exact) = (number("get, then set: ")?, number("add: ")?);
    ensure(lossy == 1, || run.output.clone())?;
    if run.status.success() {
        return ensure(exact == 80_000, || run.output.clone());
    }
    ensure(run.code() == Some(1), || run.status.to_string())?;
    ensure((70_000..=80_000).contains(&exact), || run.output.clone())?;
    let others = (1..=8).filter(|client| *client != 3);
    for client in others.map(|client| format!("client-{client}")) {
        let finished = run
            .output
            .lines()
            .find(|line| line.starts_with("Finished: "));
        let found = finished.is_some_and(|line| line.contains(&client));
        ensure(found, || format!("no {client}:\n{}", run.output))?;
    }
    let last = run.output.lines().last();
    let said = last == Some("client-3 ended with signal: 9 (SIGKILL)");
    ensure(said, || run.output.clone())
}

/// Each client says so in one line, and ends.
fn manager_killed(moment: Duration) -> Checked {
    let mut run = Program::rust(&Example::named("manager")).start();
    thread::sleep(moment);
    let early = moment.is_zero();
    if early {
        run.child(|command| command.ends_with(" client-8"))
            .ok_or("no client")?;
    }
    run.kill(run.pid());
    let run = run.finish()?;
    run.others_end()?;
    run.no_files_left()?;
    let mut said: Vec<&str> = Vec::new();
    for line in run
        .output
        .lines()
        .filter(|line| line.starts_with("client-"))
    {
        let client = line.strip_suffix(": the manager is gone");
        said.push(client.ok_or_else(|| run.output.clone())?);
    }
    let lines = said.len();
    said.sort_unstable();
    said.dedup();
    let once = said.len() == lines && (lines == 8 || !early);
    ensure(once, || format!("not a line each:\n{}", run.output))
}

/// The others end, and how each of them ended is said.
fn sharer_killed(moment: Duration) -> Checked {
    let mut run = Program::rust(&Example::named("shared-memory")).start();
    thread::sleep(moment);
    let process = run.child(|command| command.contains(" process-2 "));
    let Some(process) = process else {
        return Ok(());
    };
    run.kill(process);
    let run = run.finish()?;
    run.nothing_left()?;
    if run.status.success() {
        return Ok(()); // it had done everything
    }
    ensure(run.code() == Some(1), || run.status.to_string())?;
    let last = run.output.lines().last().unwrap_or_default();
    ensure(last.contains("process-2: signal: 9 (SIGKILL)"), || {
        run.output.clone()
    })
}

/// One end of a pipe is killed while the other waits for it or reads from it: the
/// parent names it, and ends.
fn pipe_end_killed(role: &str) -> Checked {
    // What is there only for a moment may be gone before it is killed.
    for _ in 0..20 {
        let program = Program::rust(&Example::named("pipes"));
        let mut run = program.arg("64MiB").start();
        let is_it = |command: &str| {
            command
                .split_whitespace()
                .nth(1)
                .is_some_and(|name| name == role)
        };
        let Some(child) = run.child(is_it) else {
            continue;
        };
        run.kill(child);
        let run = run.finish()?;
        run.others_end()?; // the other end of the pipe may be no child of the first
        if run.status.success() {
            continue;
        }
        ensure(run.code() == Some(1), || run.status.to_string())?;
        let reason = match role {
            "echo" => "cannot write everything: Broken pipe",
            _ => "the child ended with signal: 9 (SIGKILL)",
        };
        // The other end may say that it lost its partner.
        let named = run.output.lines().any(|line| line.contains(reason));
        ensure(named, || run.output.clone())?;
        ensure(!run.output.contains("panicked"), || run.output.clone())?;
        return Ok(());
    }
    Err("it was never killed in time".into())
}

/// Who writes to a reader that has gone gets an error that it can report, and is
/// not ended by a signal.
fn reader_goes_away() -> Checked {
    let script = "{ \"$0\" send 1048576 2>errors; echo code $? >&2; } | head -c 9";
    let run = Program::new("sh")
        .args(["-c", script])
        .arg(binary("pipes"))
        .run()?;
    ensure(run.output.contains("code 1\n"), || run.output.clone())?;
    let errors = fs::read_to_string(run.work().join("errors"))?;
    let line = "cannot send to the parent: Broken pipe (os error 32)\n";
    ensure(errors == line, || errors.clone())?;
    Ok(run.nothing_left()?)
}

/// A role whose standard input has ended already: there is no parent.
fn alone(role: &str, code: i32) -> Checked {
    let run = Program::rust(&Example::named("pipes"))
        .args(role.split(' '))
        .run()?;
    ensure(run.code() == Some(code), || run.status.to_string())?;
    ensure(!run.output.contains("panicked"), || run.output.clone())?;
    Ok(run.nothing_left()?)
}

/// One of the consumers is killed: the others go on, and every number is received
/// or reported as lost.
fn queue_consumer_killed(moment: Duration) -> Checked {
    let mut run = Program::rust(&Example::named("sentinel-queue")).start();
    thread::sleep(moment);
    let child = run.child(|command| command.contains(" consumer-"));
    let Some(child) = child else { return Ok(()) }; // all is done
    run.kill(child);
    let run = run.finish()?;
    run.nothing_left()?;
    if run.status.success() {
        return Ok(()); // it was done already, and waited for
    }
    ensure(run.code() == Some(1), || run.status.to_string())?;
    // The output ends with what was under way.
    let start = run.output.rfind(":\n").ok_or_else(|| run.output.clone())?;
    let received = run.output[start..].lines().filter_map(|line| {
        line.split_once("] Received: ")
            .map(|(_, number)| number.parse::<u32>())
    });
    let mut numbers = received.collect::<Result<Vec<_>, _>>()?;
    let report = run.output.lines().last().unwrap_or_default();
    ensure(report.contains(": signal: 9 (SIGKILL), "), || {
        run.output.clone()
    })?;
    let lost = report
        .split_once("numbers lost: [")
        .and_then(|(_, lost)| lost.strip_suffix("]"))
        .ok_or_else(|| run.output.clone())?;
    let lost = lost.split(", ").filter(|number| !number.is_empty());
    let lost = lost.map(str::parse::<u32>).collect::<Result<Vec<_>, _>>()?;
    // One that was received just before may be reported as lost, too.
    let twice = lost
        .iter()
        .filter(|number| numbers.contains(number))
        .count();
    ensure(twice <= 1, || run.output.clone())?;
    numbers.extend(lost);
    numbers.sort_unstable();
    numbers.dedup();
    let all = if run.output.contains("[producer] ") {
        0..2
    } else {
        0..5
    };
    ensure(numbers.into_iter().eq(all), || run.output.clone())
}

/// As in `not_started`. What comes before, a pipe or a line, may be what is said.
fn no_pipes(name: &str) -> Checked {
    let run = limited(name, "ulimit -n 4").run()?;
    ensure(run.code() == Some(1), || run.status.to_string())?;
    let last = run.output.lines().last().unwrap_or_default();
    let said = last.contains("cannot ") && last.ends_with(" (os error 24)");
    ensure(said && run.output.lines().count() <= 2, || {
        run.output.clone()
    })?;
    Ok(run.nothing_left()?)
}
