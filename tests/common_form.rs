//! The form in which two honest runs of the same program are equal, and that only
//! what may vary is gone from it.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::LazyLock;

use libtest_mimic::Trial;
use regex::Regex;
use support::trial;

use crate::examples::special;

/// What differs from run to run in every program: durations, process and thread
/// ids, ports.
static NOISE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?x)
        \b\d+(\.\d+)?\s?(ns|[µu]s|ms|s|seconds?)\b
        | \bpid\ \d+ | \bprocess\ \d+ | ThreadId\(\d+\)
        | \b127\.0\.0\.1:\d+ | \blocalhost:\d+",
    )
    .expect("the expression is right")
});

pub fn trials() -> Vec<Trial> {
    let checks: [(&str, fn()); 4] = [
        ("actors may interleave but each keeps its order", actors),
        (
            "nothing moves across a line without an actor",
            lines_without_an_actor,
        ),
        ("consumers may take anything but nothing twice", consumers),
        ("only what varies is gone", only_what_varies),
    ];
    let mut trials = Vec::new();
    for (title, check) in checks {
        trials.push(trial(format!("common_form: {title}"), move || {
            check();
            Ok(())
        }));
    }
    trials
}

/// Brings what the example printed to a form in which only what may vary is gone.
///
/// Each actor's lines stay in their order, and the actors come one after the other,
/// for they may interleave. A line without an actor stays where it is, and nothing
/// moves across it.
pub fn common_form(example: &str, printed: &str) -> String {
    let random = special(example).random.map(expression);
    let any = special(example).interchangeable.map(expression);

    let mut form = String::new();
    let mut actors: BTreeMap<&str, String> = BTreeMap::new();
    let mut anyones: Vec<String> = Vec::new();
    for line in printed.lines() {
        let mut common = NOISE.replace_all(line, "_").into_owned();
        if let Some(random) = &random {
            common = random.replace_all(&common, "${1}_").into_owned();
        }
        if let Some(any) = any.as_ref().filter(|any| any.is_match(line)) {
            anyones.push(any.replace(&common, "[_]").into_owned() + "\n");
        } else if let Some(actor) = actor(line) {
            let _ = writeln!(actors.entry(actor).or_default(), "{common}");
        } else {
            flush(&mut form, &mut actors, &mut anyones);
            let _ = writeln!(form, "{common}");
        }
    }
    flush(&mut form, &mut actors, &mut anyones);
    form
}

fn expression(words: &str) -> Regex {
    Regex::new(words).expect("the expression is right")
}

/// Appends what stands between two lines without an actor.
fn flush(
    form: &mut String,
    actors: &mut BTreeMap<&str, String>,
    anyones: &mut Vec<String>,
) {
    form.extend(std::mem::take(actors).into_values());
    anyones.sort();
    form.extend(anyones.drain(..));
}

/// `teller-1` in `[teller-1] Depositing 20`.
fn actor(line: &str) -> Option<&str> {
    let (actor, _) = line.strip_prefix('[')?.split_once("] ")?;
    Some(actor)
}

fn same(a: &str, b: &str) -> bool {
    common_form("producer-consumer", a) == common_form("producer-consumer", b)
}

fn actors() {
    assert!(same("[a] 1\n[b] 1\n[a] 2\n", "[b] 1\n[a] 1\n[a] 2\n"));
    assert!(!same("[a] 1\n[a] 2\n", "[a] 2\n[a] 1\n"));
    assert!(!same("[a] 1\n[b] 1\n", "[a] 1\n"));
}

fn lines_without_an_actor() {
    assert!(!same("[a] 1\nend\n", "end\n[a] 1\n"));
    assert!(!same("one\ntwo\n", "two\none\n"));
}

fn consumers() {
    let form = |printed| common_form("sentinel-queue", printed);
    let same = |a, b| form(a) == form(b);
    let run = "[consumer-1] Got 5\n[consumer-2] Got 6\n";
    assert!(same(run, "[consumer-2] Got 6\n[consumer-2] Got 5\n"));
    assert!(!same(run, "[consumer-1] Got 5\n[consumer-2] Got 5\n"));
    assert!(!same(run, "[consumer-1] Got 5\n"));
    assert!(!same(
        "[consumer-1] Got 5\nend\n",
        "end\n[consumer-1] Got 5\n"
    ));
    assert!(!same("[other] 1\n[other] 2\n", "[other] 2\n[other] 1\n"));
}

fn only_what_varies() {
    assert!(same("took 1.25 s", "took 310 ms"));
    assert!(same(
        "at 127.0.0.1:4000, pid 12",
        "at 127.0.0.1:5000, pid 7"
    ));
    assert!(same("[p] Produced: 1", "[p] Produced: 99"));
    assert!(!same("[p] Produced: 1", "[p] Consumed: 1"));
    assert!(!same("balance: 150", "balance: 140"));
    let sum = |printed| common_form("parallel-sum", printed);
    assert_eq!(
        sum("Pool: 1.0 s, 1.98 times"),
        sum("Pool: 20 ms, 0.9 times")
    );
    assert_ne!(sum("Sum: 1"), sum("Sum: 2"));
    assert_ne!(
        common_form("other", "Produced: 1"),
        common_form("other", "Produced: 2")
    );
}
