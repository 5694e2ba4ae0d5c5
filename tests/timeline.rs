//! What the recorded spans of real runs prove, and that `cargo timeline` shows
//! them.

use std::fmt::Write;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, iter, thread};

use libtest_mimic::{Failed, Trial};
use serde_json::Value;
use support::program::binary;
use support::{Checked, Example, Finished, Program, ensure, root};
use timeline::{Span, Timeline};

/// Of producer-consumer and of thread-queue.
const QUEUE_CAPACITY: usize = 3;

/// The variable that makes this program record spans, and their number.
const RECORD: &str = "RECORD_SPANS";
const PROCESSES: usize = 4;
const THREADS: usize = 8; // in each process
const SPANS: usize = 320; // in each thread

fn main() {
    if let Ok(process) = env::var(RECORD) {
        return record_spans(&process);
    }
    let unix = cfg!(unix);
    support::run(vec![
        Trial::test(
            "bank-account: one critical section at a time",
            one_at_a_time,
        ),
        Trial::test("deadlock: both waits are torn", both_wait)
            .with_ignored_flag(!unix),
        Trial::test("download-sites: a lane for each download", lane_each),
        Trial::test("download-pool: five at a time, nine in all", five_at_a_time),
        Trial::test("image-processing: no more processes than cores", cores),
        Trial::test("producer-consumer: the queue is bounded", bounded),
        Trial::test("producer-consumer: a killed child is torn", torn)
            .with_ignored_flag(!unix),
        Trial::test("pipes: both are stuck for ever", both_stuck)
            .with_ignored_flag(!unix),
        Trial::test("thread-queue: producers wait for room", back_pressure),
        Trial::test("mixed-workload: counts while queries wait", mixed_workload),
        Trial::test("hybrid: all threads of all processes at once", hybrid),
        Trial::test("process-pool: each crash ends one job", pool_goes_on)
            .with_ignored_flag(!unix),
        Trial::test("crash-isolation: what is lost is torn", lost_is_torn)
            .with_ignored_flag(!unix),
        Trial::test("crash-isolation: children end with their parent", orphans)
            .with_ignored_flag(!unix),
        Trial::test("shared-memory: who is killed is torn", killed_owner)
            .with_ignored_flag(!unix),
        Trial::test(
            "manager: nobody's set is before anybody's get",
            all_get_first,
        )
        .with_ignored_flag(!unix),
        Trial::test("parallel-sum: serial, then a chunk a core", chunks),
        Trial::test("sum-of-squares: serial, then in processes", in_processes),
        Trial::test("task-granularity: so many chunks", so_many_chunks),
        Trial::test("lost-update: both between reading and writing", between),
        Trial::test("gil: one thread computes, all wait for answers", gil),
        Trial::test("10 000 spans of 4 processes, none lost", none_lost),
        Trial::test("a log that cannot be written stops nobody", no_log),
        Trial::test("cargo timeline draws and passes on", drawn),
        Trial::test("cargo timeline lists the examples", listed),
        Trial::test("cargo timeline writes a picture and a trace", files),
        Trial::test("cargo timeline draws a broken log", broken_log),
        Trial::test(
            "cargo timeline draws a run that is interrupted",
            interrupted,
        )
        .with_ignored_flag(!unix),
        Trial::test("cargo timeline refuses what makes no sense", refused),
    ])
}

/// Runs a program to its end and reads what it recorded.
fn record(program: Program) -> Result<(Finished, Timeline), Failed> {
    let log = program.work().join("run.log");
    let run = program.env("TIMELINE_LOG", &log).run()?;
    ensure(run.status.success(), || {
        format!("{}:\n{}", run.status, run.output)
    })?;
    let timeline = Timeline::read(&fs::read(log)?, None);
    let unreadable = &timeline.unreadable;
    ensure(unreadable.is_empty(), || {
        format!("unreadable lines: {unreadable:?}")
    })?;
    Ok((run, timeline))
}

fn example(name: &str) -> Program {
    Program::rust(&Example::named(name))
}

fn overlap(a: &Span, b: &Span) -> bool {
    a.begin < b.end && b.begin < a.end
}

fn one_at_a_time() -> Checked {
    let (_, timeline) = record(example("bank-account"))?;
    let sections: Vec<&Span> = timeline
        .spans()
        .filter(|span| ["deposit", "withdraw"].contains(&&*span.name))
        .collect();
    ensure(sections.len() == 11, || {
        format!("{} sections", sections.len())
    })?;
    for (number, a) in sections.iter().enumerate() {
        for b in &sections[number + 1..] {
            ensure(!overlap(a, b), || format!("at the same time: {a:?}, {b:?}"))?;
        }
    }
    // Five tellers came at once: somebody had to wait.
    ensure(timeline.spans().any(|span| span.name == "lock"), || {
        "nobody waited".into()
    })
}

/// The process that was stuck: both of its threads hold one account and wait for
/// the other's, and no end is recorded. In the other process every wait ends.
fn both_wait() -> Checked {
    let (_, timeline) = record(example("deadlock"))?;
    let [ordered, stuck] = &timeline.processes[..] else {
        return Err(format!("not two processes: {timeline:#?}").into());
    };
    for (name, holds, wants) in [("alice", 0, 1), ("bob", 1, 0)] {
        let lane = stuck.lanes.iter().find(|lane| lane.label == name);
        let lane = lane.ok_or_else(|| format!("{name} is not there"))?;
        let spans = lane.spans.iter().map(|s| (&*s.name, s.wait, s.torn));
        let spans: Vec<(&str, bool, bool)> = spans.collect();
        let (holds, wants) = (
            format!("holds account {holds}"),
            format!("waits for account {wants}"),
        );
        let expected = [(&*holds, false, true), (&*wants, true, true)];
        ensure(spans == expected, || format!("{name}: {spans:?}"))?;
    }
    let spans: Vec<&Span> =
        ordered.lanes.iter().flat_map(|lane| &lane.spans).collect();
    ensure(!spans.iter().any(|span| span.torn), || {
        format!("{spans:#?}")
    })?;
    let transfers = spans.iter().filter(|span| span.name == "transfer").count();
    ensure(transfers == 6, || format!("{transfers} transfers"))
}

fn lane_each() -> Checked {
    let (_, timeline) = record(example("download-sites"))?;
    for site in 1..=9 {
        let label = format!("site-{site}");
        let lane = timeline.lanes().find(|lane| lane.label == label);
        let spans = lane.map_or(&[][..], |lane| &lane.spans);
        let names: Vec<&str> = spans.iter().map(|span| &*span.name).collect();
        ensure(names == ["download"], || format!("{label}: {names:?}"))?;
    }
    Ok(())
}

fn five_at_a_time() -> Checked {
    let (_, timeline) = record(example("download-pool"))?;
    let sites: Vec<&Span> = timeline
        .spans()
        .filter(|span| span.name.starts_with("site-"))
        .collect();
    let mut seen: Vec<&str> = sites.iter().map(|span| &*span.name).collect();
    seen.sort_unstable();
    let all: Vec<String> = (1..=9).map(|site| format!("site-{site}")).collect();
    ensure(seen == all, || format!("not one span a site: {seen:?}"))?;
    // If there is a moment of too many, there is one at which a span begins.
    for begun in &sites {
        let at_once = sites
            .iter()
            .filter(|s| s.begin <= begun.begin && begun.begin < s.end);
        let at_once = at_once.count();
        ensure(at_once <= 5, || format!("{at_once} at once"))?;
    }
    let workers = timeline.lanes().filter(|l| l.label.starts_with("worker"));
    let workers = workers.count();
    ensure(workers <= 5, || format!("{workers} workers"))
}

fn cores() -> Checked {
    let cores = thread::available_parallelism()?.get();
    let program = example("image-processing");
    let names: Vec<String> = (0..3 * cores)
        .map(|number| format!("photo-{number:03}.jpg"))
        .collect();
    for name in &names {
        let picture = image::DynamicImage::new_rgb8(600, 400);
        picture.save(program.work().join(name))?;
    }
    let (_, timeline) = record(program.args(&names).args(["--out", "out"]))?;

    let pictures: Vec<&Span> = timeline
        .spans()
        .filter(|span| span.name.starts_with("photo-"))
        .collect();
    let mut seen: Vec<&str> = pictures.iter().map(|span| &*span.name).collect();
    seen.sort_unstable();
    ensure(seen == names, || {
        format!("not one span a picture: {seen:?}")
    })?;
    // If there is a moment of too many, there is one at which a span begins.
    for moment in pictures.iter().map(|span| span.begin) {
        let working = pictures
            .iter()
            .filter(|s| s.begin <= moment && moment < s.end)
            .count();
        ensure(working <= cores, || {
            format!("{working} at once on {cores} cores")
        })?;
    }
    Ok(())
}

/// While the consumer has a number in its hand, it takes none from the queue: what
/// was accepted and is not in its hand is in the queue.
fn bounded() -> Checked {
    let (_, timeline) = record(example("producer-consumer"))?;
    let accepted: Vec<&Span> = timeline
        .spans()
        .filter(|span| span.name == "room in the queue")
        .collect();
    let consumed: Vec<&Span> = timeline
        .spans()
        .filter(|span| span.name.starts_with("consume "))
        .collect();
    ensure((accepted.len(), consumed.len()) == (10, 10), || {
        format!("{} accepted, {} consumed", accepted.len(), consumed.len())
    })?;
    let in_queue = consumed.iter().zip(1..).map(|(span, taken)| {
        accepted.iter().filter(|put| put.end <= span.end).count() - taken
    });
    let most = in_queue.max().unwrap_or(0);
    ensure(most == QUEUE_CAPACITY, || {
        format!("at most {most} numbers in the queue")
    })
}

fn torn() -> Checked {
    let program = example("producer-consumer");
    let log = program.work().join("run.log");
    let mut run = program.env("TIMELINE_LOG", &log).start();
    let consumer = run.child(|command| command.ends_with(" consumer"));
    let consumer = consumer.ok_or("there is no consumer")?;
    let begun =
        || fs::read_to_string(&log).is_ok_and(|log| log.contains("consume "));
    ensure(run.until(begun), || "it never consumes".into())?;
    run.kill(consumer);
    let run = run.finish()?;
    ensure(run.code() == Some(1), || run.status.to_string())?;

    let timeline = Timeline::read(&fs::read(&log)?, None);
    for process in &timeline.processes {
        let spans: Vec<&Span> =
            process.lanes.iter().flat_map(|lane| &lane.spans).collect();
        let torn = spans.iter().filter(|span| span.torn).count();
        let last_is_torn = spans.last().is_some_and(|last| last.torn);
        let right = if process.id == consumer {
            torn == 1 && last_is_torn
        } else {
            torn == 0
        };
        ensure(right, || format!("{spans:#?}"))?;
    }
    Ok(())
}

/// The child that writes everything first, and the one that it writes to: both wait
/// for room in a pipe until they are killed. The child of the cure is not.
fn both_stuck() -> Checked {
    let (_, timeline) = record(example("pipes"))?;
    let mut stuck = Vec::new();
    for process in &timeline.processes {
        let spans = process.lanes.iter().flat_map(|lane| &lane.spans);
        let torn: Vec<&Span> = spans.filter(|span| span.torn).collect();
        if let [span] = torn[..] {
            ensure(span.wait && span.name == "room in the pipe", || {
                format!("{span:?}")
            })?;
            stuck.extend(process.command.split(' ').nth(1));
        }
    }
    stuck.sort_unstable();
    ensure(stuck == ["echo", "get-stuck"], || format!("{stuck:?}"))
}

/// Every producer has waited in vain before the first item is consumed, and what
/// was put and not yet taken fits into the queue.
fn back_pressure() -> Checked {
    let (_, timeline) = record(example("thread-queue"))?;
    let named = |name: &'static str| {
        timeline
            .spans()
            .filter(move |span| span.name.starts_with(name))
    };
    let consumed: Vec<&Span> = named("consume ").collect();
    let room: Vec<&Span> = named("room in the queue").collect();
    ensure((consumed.len(), room.len()) == (12, 12), || {
        format!("{} consumed, {} put", consumed.len(), room.len())
    })?;
    let first = consumed
        .iter()
        .map(|span| span.begin)
        .min()
        .ok_or("nothing")?;
    let waiting = |span: &&&Span| span.begin < first && first <= span.end;
    let put = room.iter().filter(|span| span.end < first).count();
    // Three consumers have taken an item each before they recorded it.
    let most = QUEUE_CAPACITY + 3;
    ensure((QUEUE_CAPACITY..=most).contains(&put), || {
        format!("{put} were put")
    })?;
    ensure(
        put > QUEUE_CAPACITY || room.iter().filter(waiting).count() == 2,
        || format!("nobody waits: {room:#?}"),
    )?;
    for moment in consumed.iter().map(|span| span.end) {
        let put = room.iter().filter(|span| span.end <= moment).count();
        let taken = consumed.iter().filter(|span| span.begin <= moment).count();
        ensure(put <= taken + most, || format!("{put} put, {taken} taken"))?;
    }
    Ok(())
}

/// Whether there is a moment at which both are under way, from the beginning of the
/// first to the end of the last of each. A program that does one after the other
/// has none.
fn together(a: &[&Span], b: &[&Span]) -> bool {
    let begin = |spans: &[&Span]| spans.iter().map(|span| span.begin).min();
    let end = |spans: &[&Span]| spans.iter().map(|span| span.end).max();
    begin(a) < end(b) && begin(b) < end(a)
}

fn mixed_workload() -> Checked {
    let cores = thread::available_parallelism()?.get();
    let (_, timeline) = record(example("mixed-workload"))?;
    let of_children = |child: bool, name: &'static str| {
        let processes = timeline.processes.iter();
        let processes = processes.filter(move |p| p.command.contains(' ') == child);
        let spans = processes
            .flat_map(|p| &p.lanes)
            .flat_map(|lane| &lane.spans);
        spans.filter(move |span| span.name.starts_with(name))
    };
    for (name, queries, chunks) in [
        ("I/O alone", 3, 0),
        ("CPU alone", 0, 4),
        ("both, overlapped", 3, 4),
    ] {
        let phase = of_children(false, name)
            .next()
            .ok_or("a phase is missing")?;
        let begun = |span: &&Span| (phase.begin..phase.end).contains(&span.begin);
        let waits: Vec<&Span> =
            of_children(false, "query ").filter(begun).collect();
        let counts: Vec<&Span> = of_children(true, "count").filter(begun).collect();
        ensure((waits.len(), counts.len()) == (queries, chunks), || {
            format!("{name}: waits: {waits:?}, counts: {counts:?}")
        })?;
        ensure(waits.iter().all(|span| span.wait), || format!("{waits:?}"))?;
        ensure(
            name != "both, overlapped" || together(&waits, &counts),
            || format!("one after the other: {waits:?}, {counts:?}"),
        )?;
        for moment in counts.iter().map(|span| span.begin) {
            let now = counts
                .iter()
                .filter(|s| s.begin <= moment && moment < s.end);
            let now = now.count();
            ensure(now <= cores, || format!("{now} at once on {cores} cores"))?;
        }
    }
    Ok(())
}

fn hybrid() -> Checked {
    let (_, timeline) = record(example("hybrid"))?;
    let mut threads: Vec<Vec<&Span>> = Vec::new();
    let mut workers = 0;
    for process in &timeline.processes {
        let named = |name: &'static str| {
            let named = move |span: &&Span| span.name.starts_with(name);
            process
                .lanes
                .iter()
                .map(move |lane| lane.spans.iter().filter(named))
        };
        let orders = named("order ").map(Iterator::collect);
        let orders: Vec<Vec<&Span>> = orders
            .filter(|orders: &Vec<&Span>| !orders.is_empty())
            .collect();
        let prices: Vec<&Span> = named("load prices").flatten().collect();
        if process.command.contains(' ') {
            workers += 1;
            ensure((orders.len(), prices.len()) == (3, 1), || {
                format!("{process:?}")
            })?;
            let loaded = orders.iter().flatten().all(|o| prices[0].end <= o.begin);
            ensure(loaded, || format!("began without prices: {process:?}"))?;
        }
        threads.extend(orders);
    }
    ensure((workers, threads.len()) == (2, 6), || {
        format!("{workers} processes, {} threads", threads.len())
    })?;
    let mut orders: Vec<&str> =
        threads.iter().flatten().map(|s| &*s.name).collect();
    orders.sort_by_key(|name| name.len());
    let expected: Vec<String> = (1..=12).map(|n| format!("order {n}")).collect();
    orders[..9].sort_unstable();
    orders[9..].sort_unstable();
    ensure(orders == expected, || {
        format!("not one span an order: {orders:?}")
    })?;
    for (number, a) in threads.iter().enumerate() {
        for b in &threads[number + 1..] {
            ensure(together(a, b), || {
                format!("one after the other: {a:?}, {b:?}")
            })?;
        }
    }
    Ok(())
}

/// The process that is killed under the lock is the only one that is cut off.
fn killed_owner() -> Checked {
    let (_, timeline) = record(example("shared-memory"))?;
    let torn: Vec<&Span> = timeline.spans().filter(|span| span.torn).collect();
    let right = matches!(torn[..], [span] if span.name == "move slowly");
    ensure(right, || format!("{torn:?}"))?;
    let repaired = timeline
        .spans()
        .filter(|span| span.name == "repair")
        .count();
    ensure(repaired == 1, || format!("{repaired} repairs"))
}

/// There is a moment at which all have the same number in hand.
fn all_get_first() -> Checked {
    let (_, timeline) = record(example("manager"))?;
    let sets = timeline.spans().filter(|span| span.name == "get, then set");
    let sets: Vec<&Span> = sets.collect();
    ensure(sets.len() == 8, || format!("{} sets", sets.len()))?;
    let last_get = sets.iter().map(|set| set.begin).max();
    let first_set = sets.iter().map(|set| set.end).min();
    ensure(last_get < first_set, || format!("{sets:?}"))
}

/// What main computes alone is done before any thread begins, and each thread gets
/// its chunk before the first of them is done.
fn chunks() -> Checked {
    const SIZE: usize = 100_000;
    let cores = thread::available_parallelism()?.get();
    let count = SIZE * cores;
    let (_, timeline) = record(example("parallel-sum").arg(count.to_string()))?;
    let main = &timeline.lanes().next().ok_or("no lanes")?.spans;
    let serial: Vec<&Span> = main.iter().filter(|span| !span.wait).collect();
    let [serial] = serial[..] else {
        return Err(format!("{main:#?}").into());
    };
    ensure(serial.name == format!("sum of {count}"), || {
        serial.name.clone()
    })?;

    let others: Vec<&Span> =
        timeline.lanes().skip(1).flat_map(|l| &l.spans).collect();
    let early = others.iter().find(|span| span.begin < serial.end);
    ensure(early.is_none(), || {
        format!("before the end of the serial sum: {early:?}")
    })?;
    let name = format!("sum of {SIZE}");
    let chunks: Vec<_> = others
        .into_iter()
        .filter(|span| span.name == name)
        .collect();
    ensure(chunks.len() == cores, || format!("{} chunks", chunks.len()))?;
    let together = chunks.iter().all(|a| chunks.iter().all(|b| overlap(a, b)));
    ensure(together, || format!("not at the same time: {chunks:#?}"))
}

/// Each number is summed twice: by main, one after the other, and then in a process
/// of its own, never more of them at once than there are cores.
fn in_processes() -> Checked {
    let cores = thread::available_parallelism()?.get();
    let (_, timeline) = record(example("sum-of-squares"))?;
    let mut lanes = timeline.lanes();
    let main = &lanes.next().ok_or("no lanes")?.spans;
    let serial: Vec<&Span> = main.iter().filter(|span| !span.wait).collect();
    let mut children: Vec<&Span> = lanes.flat_map(|lane| &lane.spans).collect();
    ensure(timeline.processes.len() == 9, || {
        "not a process for each".into()
    })?;

    children.sort_by_key(|span| &span.name);
    for spans in [&serial, &children] {
        let names = spans.iter().map(|span| span.name.clone());
        let right = names.eq((0..8).map(|n| format!("n+{n}")));
        ensure(right, || format!("{spans:#?}"))?;
    }
    let one_by_one = serial.is_sorted_by(|a, b| a.end <= b.begin);
    ensure(one_by_one, || {
        format!("not one after the other: {serial:#?}")
    })?;
    for moment in children.iter().map(|span| span.begin) {
        ensure(moment >= serial[7].end, || {
            "before the end of the serial sums".into()
        })?;
        let working = children
            .iter()
            .filter(|s| s.begin <= moment && moment < s.end);
        let working = working.count();
        ensure(working <= cores, || {
            format!("{working} at once on {cores} cores")
        })?;
    }
    Ok(())
}

/// Three jobs take their workers with them, the one that panics does not, and all
/// others come to their end.
fn pool_goes_on() -> Checked {
    let (_, timeline) = record(example("process-pool"))?;
    let workers = timeline
        .processes
        .iter()
        .filter(|p| p.label.starts_with("pool-worker"));
    let mut counted = 0;
    let mut crashed = Vec::new();
    for lane in workers.flat_map(|worker| &worker.lanes) {
        for (place, job) in lane.spans.iter().enumerate() {
            match (job.torn, job.panicked) {
                (false, false) if job.name.starts_with("CountPrimes") => {
                    counted += 1;
                }
                (torn, _) => {
                    crashed.push((&*job.name, torn, job.panicked));
                    let last = place + 1 == lane.spans.len();
                    ensure(!torn || last, || format!("goes on: {lane:#?}"))?;
                }
            }
        }
    }
    crashed.sort_unstable();
    let expected = [
        ("Abort", true, false),
        ("Exit", true, false),
        ("Panic", false, true),
        ("RunForEver", true, false),
    ];
    ensure(crashed == expected, || format!("{crashed:?}"))?;
    ensure(counted == 6, || format!("{counted} counted"))
}

/// What the table says was sent is what the pool's threads waited for.
fn so_many_chunks() -> Checked {
    const RUNS: usize = 5; // for each line of the table
    let (run, timeline) = record(example("task-granularity"))?;
    let spans = |name: String| timeline.spans().filter(move |s| s.name == name);
    for (chunk, least) in [(1, 20_000), (10, 2000), (100, 200), (1000, 20)] {
        let row =
            run.output
                .lines()
                .map(str::split_whitespace)
                .find_map(|mut row| {
                    (row.next()? == chunk.to_string())
                        .then(|| row.next()?.parse().ok())?
                });
        let chunks: usize = row.ok_or_else(|| run.output.clone())?;
        ensure(chunks >= least, || format!("{chunks} chunks of {chunk}"))?;
        let phase = spans(format!("chunks of {chunk}")).next();
        let phase = phase.ok_or_else(|| format!("no chunks of {chunk}"))?;
        let sent = spans("worker".into())
            .filter(|wait| (phase.begin..phase.end).contains(&wait.begin));
        let sent = sent.count();
        ensure(sent == RUNS * chunks, || {
            format!("chunks of {chunk}: {sent} sent, {RUNS} times {chunks} said")
        })?;
    }
    Ok(())
}

/// Broken, both threads are between reading and writing at once. Fixed, never.
fn between() -> Checked {
    let (_, timeline) = record(example("lost-update"))?;
    for (name, at_once) in [("read, then write", true), ("read and write", false)] {
        let adds = timeline.spans().filter(|span| span.name == name);
        let adds: Vec<&Span> = adds.collect();
        let [a, b] = adds[..] else {
            return Err(format!("{adds:#?}").into());
        };
        ensure(overlap(a, b) == at_once, || format!("{a:?}, {b:?}"))?;
    }
    Ok(())
}

/// With the GIL never two threads compute at once, and it goes round. Requests
/// overlap, with it and without.
fn gil() -> Checked {
    let (_, timeline) = record(example("gil"))?;
    for (phase, name, count) in [
        ("CPU with GIL", "compute", 12),
        ("CPU without", "compute", 12),
        ("I/O with GIL", "request", 5),
        ("I/O without", "request", 5),
    ] {
        let of_thread = |number| -> Vec<&Span> {
            let label = format!("{phase} {number}");
            let lanes = timeline.lanes().filter(|lane| lane.label == label);
            let spans = lanes.flat_map(|lane| &lane.spans);
            spans.filter(|span| span.name == name).collect()
        };
        let (one, other) = (of_thread(1), of_thread(2));
        let all = (one.len(), other.len()) == (count, count);
        ensure(all, || format!("{phase}: {one:#?}, {other:#?}"))?;
        let at_once = one.iter().any(|a| other.iter().any(|b| overlap(a, b)));
        ensure(at_once == (phase != "CPU with GIL"), || {
            format!("{phase}: {one:#?}, {other:#?}")
        })?;
        if !at_once {
            // Once both take part, and until one has done all: by turns.
            let mut turns: Vec<(u64, bool)> = Vec::new();
            turns.extend(one.iter().map(|span| (span.begin, true)));
            turns.extend(other.iter().map(|span| (span.begin, false)));
            turns.sort_unstable();
            let begin = one[0].begin.max(other[0].begin);
            let end = one[count - 1].begin.min(other[count - 1].begin);
            turns.retain(|(turn, _)| (begin..=end).contains(turn));
            let goes_round = turns.windows(2).all(|two| two[0].1 != two[1].1);
            ensure(goes_round, || format!("{turns:?}"))?;
        }
    }
    Ok(())
}

/// A panic ends the spans of the risky work and of the crash. An abort and a stack
/// overflow end none, in any thread of their process.
fn lost_is_torn() -> Checked {
    let (_, timeline) = record(example("crash-isolation"))?;
    ensure(timeline.processes.len() == 7, || format!("{timeline:#?}"))?;
    for process in &timeline.processes {
        let lost = ["abort", "stack overflow"]
            .iter()
            .any(|crash| process.command.ends_with(crash));
        let spans: Vec<&Span> =
            process.lanes.iter().flat_map(|lane| &lane.spans).collect();
        let as_it_crashed = |span: &&Span| {
            let at_risk = ["risky work", "crash"].contains(&&*span.name);
            let panicked = at_risk && !lost;
            (span.torn, span.panicked) == (lost, panicked)
        };
        // The risky work and the crash in it, and in a thread main's other work.
        // The parent waits for each.
        let count = match &process.command {
            command if command.contains("crash-in-thread") => 3,
            command if command.contains("crash-in-process") => 2,
            _ => 6,
        };
        let right = spans.len() == count && spans.iter().all(as_it_crashed);
        ensure(right, || format!("{process:#?}"))?;
    }
    Ok(())
}

/// Killed with the parent in the middle, no child comes to the end of a span. On a
/// busy machine the kill may come too late: then once more.
fn orphans() -> Checked {
    let mut log = String::new();
    for _ in 0..20 {
        let program = example("crash-isolation");
        let file = program.work().join("run.log");
        let mut run = program.env("TIMELINE_LOG", &file).start();
        // The log begins when the first child begins its work.
        let begun = || fs::read_to_string(&file).is_ok_and(|l| l.contains("work"));
        ensure(run.until(begun), || "it never works".into())?;
        run.kill(run.pid());
        let run = run.finish()?;
        run.others_end()?;
        log = fs::read_to_string(&file)?;
        let is_there = |what| log.lines().any(|line| line.starts_with(what));
        if is_there("begin") && !is_there("end") {
            return Ok(());
        }
    }
    Err(log.into())
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
    let drawn = Program::new(binary("timeline"))
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
    let run = example("fibonacci-thread")
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
    Program::new(binary("timeline")).in_folder(root())
}

fn drawn() -> Checked {
    let run = cargo_timeline().args(["fibonacci-thread", "3"]).run()?;
    ensure(run.status.success(), || run.status.to_string())?;
    for text in [
        "Main thread continues executing...\nFibonacci sequence: [0, 1, 1]\n",
        "\nfibonacci-thread: 1 process, 2 threads, ",
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
    let run = cargo_timeline().args(["fibonacci-thread", "ten"]).run()?;
    ensure(run.code() == Some(2), || run.status.to_string())?;
    for text in [
        "not \"ten\"",
        "fibonacci-thread failed before it recorded anything: ",
    ] {
        ensure(run.output.contains(text), || run.output.clone())?;
    }
    Ok(run.nothing_left()?)
}

fn listed() -> Checked {
    let run = cargo_timeline().run()?;
    ensure(run.status.success(), || run.status.to_string())?;
    for example in support::examples() {
        let line = run
            .output
            .lines()
            .find(|line| line.starts_with(&example.name));
        let said = line.unwrap_or_default()[example.name.len()..].trim().len();
        ensure(said > 20, || format!("{}:\n{}", example.name, run.output))?;
    }
    Ok(())
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
    let left = support::program::files(&run.work());
    ensure(left.len() == 2, || format!("{left:?}"))
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
    let program = Program::new(binary("timeline"));
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
            "no example is called \"no-such-example\"",
        ),
        (&["--fast", "bank-account"], 2, "--fast"),
        (&["--svg"], 2, "--svg"),
        (&["--log", "a.log", "b"], 2, "only one of"),
        (&["--log", "a.log", "--all"], 2, "only one of"),
        (&["--svg", "a.svg"], 2, "NAME is missing"),
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
        run.nothing_left()?;
    }
    Ok(())
}
