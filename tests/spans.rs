//! What the recorded spans of real runs prove.

use std::{fs, thread};

use libtest_mimic::{Failed, Trial};
use support::{
    Checked, Example, Finished, Program, ensure, rounds, trial, unix_trial,
};
use timeline::{Span, Timeline};

/// Of producer-consumer and of thread-queue.
const QUEUE_CAPACITY: usize = 3;

pub fn trials() -> Vec<Trial> {
    vec![
        trial(
            "spans: bank-account: one critical section at a time",
            one_at_a_time,
        ),
        unix_trial("spans: deadlock: both waits are torn", both_wait),
        trial("spans: download-sites: a lane for each download", lane_each),
        trial(
            "spans: download-pool: five at a time, nine in all",
            five_at_a_time,
        ),
        trial(
            "spans: image-processing: no more processes than cores",
            cores,
        ),
        trial("spans: producer-consumer: the queue is bounded", bounded),
        unix_trial("spans: producer-consumer: a killed child is torn", torn),
        unix_trial("spans: pipe-deadlock: both wait for room", both_stuck),
        trial(
            "spans: thread-queue: producers wait for room",
            back_pressure,
        ),
        trial(
            "spans: mixed-workload: counts while queries wait",
            mixed_workload,
        ),
        trial(
            "spans: hybrid: all threads of all processes at once",
            hybrid,
        ),
        unix_trial("spans: process-pool: each crash ends one job", pool_goes_on),
        unix_trial("spans: crash-isolation: what is lost is torn", lost_is_torn),
        unix_trial(
            "spans: crash-isolation: children end with their parent",
            orphans,
        ),
        unix_trial(
            "spans: shared-memory: the killed process is torn",
            killed_owner,
        ),
        unix_trial(
            "spans: manager: every get is before the first set",
            all_get_first,
        ),
        trial("spans: parallel-sum: serial, then a chunk a core", chunks),
        trial(
            "spans: sum-of-squares: serial, then in processes",
            in_processes,
        ),
        trial("spans: task-granularity: so many chunks", so_many_chunks),
        trial("spans: locked-counter: both threads compete", both_compete),
        trial(
            "spans: lost-update: both between reading and writing",
            between,
        ),
        trial("spans: gil: one thread computes, all wait for answers", gil),
    ]
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

/// In one order, both transfers come to their end, one after the other. In opposite
/// order, each thread holds one account and waits for the other's until main ends.
/// On a busy machine, main may end before a thread has said so: then once more.
fn both_wait() -> Checked {
    let mut wrong = String::new();
    for _ in 0..20 {
        let (_, timeline) = record(example("deadlock"))?;
        one_after_the_other(&timeline)?;
        wrong.clear();
        for (name, holds, wants) in [("alice 2", 0, 1), ("bob 2", 1, 0)] {
            let spans: Vec<(&str, bool)> = spans_of(&timeline, name)
                .filter(|span| span.torn)
                .map(|span| (&*span.name, span.wait))
                .collect();
            let (holds, wants) =
                (format!("holds account {holds}"), format!("account {wants}"));
            if spans != [(&*holds, false), (&*wants, true)] {
                wrong = format!("{name}: {spans:?}");
            }
        }
        if wrong.is_empty() {
            return Ok(());
        }
    }
    Err(wrong.into())
}

fn spans_of<'a>(
    timeline: &'a Timeline,
    label: &'a str,
) -> impl Iterator<Item = &'a Span> {
    let lanes = timeline.lanes().filter(move |lane| lane.label == label);
    lanes.flat_map(|lane| &lane.spans)
}

/// The two transfers in one order of the locks.
fn one_after_the_other(timeline: &Timeline) -> Checked {
    let mut transfers = Vec::new();
    for name in ["alice 1", "bob 1"] {
        let ended = spans_of(timeline, name).find(|span| span.name == "transfer");
        transfers.push(ended.ok_or_else(|| format!("{name}: {timeline:#?}"))?);
    }
    let [a, b] = transfers[..] else {
        return Err("two transfers".into());
    };
    ensure(!a.torn && !b.torn && !overlap(a, b), || {
        format!("{a:?}, {b:?}")
    })
}

/// While what an increment costs is measured, both threads increment.
fn both_compete() -> Checked {
    for _ in 0..rounds() {
        let (_, timeline) = record(example("locked-counter"))?;
        for name in ["Lock", "Atomic"] {
            let both = timeline.spans().filter(|span| span.name == name);
            let both: Vec<&Span> = both.collect();
            let [a, b] = both[..] else {
                return Err(format!("{name}: {both:#?}").into());
            };
            ensure(overlap(a, b), || format!("{a:?}, {b:?}"))?;
        }
    }
    Ok(())
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
    let in_queue = |moment: fn(&Span) -> u64| {
        let left = consumed.iter().zip(1..).map(|(span, taken)| {
            let put = accepted.iter().filter(|put| put.end <= moment(span));
            put.count().saturating_sub(taken)
        });
        left.max().unwrap_or(0)
    };
    // When the end of a span is recorded, the parent may have taken the next number
    // already, which makes room for one more. Not so when it begins.
    let (at_begin, at_end) =
        (in_queue(|span| span.begin), in_queue(|span| span.end));
    ensure(
        at_begin <= QUEUE_CAPACITY && at_end >= QUEUE_CAPACITY,
        || format!("at most {at_begin} to {at_end} numbers in the queue"),
    )
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

/// The thread that writes everything first, and the child that it writes to: both
/// wait for room in a pipe until the child is killed. The child of the cure is not.
fn both_stuck() -> Checked {
    let (_, timeline) = record(example("pipe-deadlock"))?;
    let torn: Vec<&Span> = timeline.spans().filter(|span| span.torn).collect();
    let [child] = torn[..] else {
        return Err(format!("{torn:?}").into());
    };
    let right = child.wait && child.name == "room in the pipe";
    ensure(right, || format!("{child:?}"))?;
    let waits = timeline
        .spans()
        .filter(|span| !span.torn && span.name == "room in the pipe");
    // The child's wait had begun when the parent's last one ended.
    let parent = waits.max_by_key(|span| span.end);
    let parent = parent.ok_or("the parent does not wait")?;
    ensure(child.begin < parent.end, || {
        format!("{child:?}, {parent:?}")
    })
}

/// Producers wait for room, and what was put and not yet taken fits into the queue.
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
    // A producer waits until a consumer is done with an item and takes another.
    let waits_for_one = |wait: &Span| {
        consumed
            .iter()
            .any(|span| wait.begin < span.end && span.end < wait.end)
    };
    ensure(room.iter().any(|span| waits_for_one(span)), || {
        format!("no producer waits: {room:#?}")
    })?;
    // Each consumer has taken an item before it records it.
    let most = QUEUE_CAPACITY + 3;
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
    let right = matches!(torn[..], [span] if span.name == "slow-move");
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
    const COUNT: usize = if cfg!(debug_assertions) {
        20_000
    } else {
        500_000
    };
    let cores = thread::available_parallelism()?.get();
    let (_, timeline) = record(example("parallel-sum"))?;
    let main = &timeline.lanes().next().ok_or("no lanes")?.spans;
    let serial: Vec<&Span> = main.iter().filter(|span| !span.wait).collect();
    let [serial] = serial[..] else {
        return Err(format!("{main:#?}").into());
    };
    ensure(serial.name == format!("sum of {COUNT}"), || {
        serial.name.clone()
    })?;

    let others: Vec<&Span> =
        timeline.lanes().skip(1).flat_map(|l| &l.spans).collect();
    let early = others.iter().find(|span| span.begin < serial.end);
    ensure(early.is_none(), || {
        format!("before the end of the serial sum: {early:?}")
    })?;
    let name = format!("sum of {}", COUNT.div_ceil(cores));
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
        ("RunForever", true, false),
    ];
    ensure(crashed == expected, || format!("{crashed:?}"))?;
    ensure(counted == 6, || format!("{counted} counted"))
}

/// What the pool's threads wait for: chunks that become smaller at the end, so that
/// no worker has a large one to do when the others are done.
fn so_many_chunks() -> Checked {
    const RUNS: usize = 5; // for each line of the table
    let workers = thread::available_parallelism()?.get();
    let (_, timeline) = record(example("task-granularity"))?;
    let spans = |name: String| timeline.spans().filter(move |s| s.name == name);
    for chunk in [1, 10, 100, 1000] {
        let (mut left, mut chunks) = (20_000_usize, 0);
        while left > 0 {
            left -= (left / (2 * workers)).clamp(1, chunk);
            chunks += 1;
        }
        let phase = spans(format!("chunks of {chunk}")).next();
        let phase = phase.ok_or_else(|| format!("no chunks of {chunk}"))?;
        let sent = spans("worker".into())
            .filter(|wait| (phase.begin..phase.end).contains(&wait.begin))
            .count();
        ensure(sent == RUNS * chunks, || {
            format!(
                "chunks of {chunk}: {sent} sent, {RUNS} times {chunks} expected"
            )
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
        ("CPU with the GIL", "compute", 12),
        ("CPU without the GIL", "compute", 12),
        ("I/O with the GIL", "request", 5),
        ("I/O without the GIL", "request", 5),
    ] {
        let part = timeline.spans().find(|span| span.name == phase);
        let part = part.ok_or_else(|| format!("no {phase}"))?;
        let mut threads: Vec<Vec<&Span>> = Vec::new();
        for lane in timeline.lanes() {
            let spans = lane.spans.iter().filter(|span| {
                span.name == name
                    && part.begin <= span.begin
                    && span.end <= part.end
            });
            threads.push(spans.collect());
        }
        threads.retain(|spans| !spans.is_empty());
        let [one, other] = &threads[..] else {
            return Err(format!("{phase}: {threads:#?}").into());
        };
        let all = (one.len(), other.len()) == (count, count);
        ensure(all, || format!("{phase}: {one:#?}, {other:#?}"))?;
        let at_once = one.iter().any(|a| other.iter().any(|b| overlap(a, b)));
        ensure(at_once == (phase != "CPU with the GIL"), || {
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
