//! The form in which two honest runs of the same program are equal.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::LazyLock;

use regex::Regex;

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

/// What differs from run to run in one example: its random values, or how many
/// cores there are and what they are worth.
const RANDOM: &[(&str, &str)] = &[
    (
        "crash-isolation",
        r"(thread '\w+'|, at )(?: \(\d+\)|\S+:\d+:\d+)?",
    ),
    ("gil", r"(Cores: | )\d[\d.]*"),
    ("parallel-sum", r"(Cores: |_, )[\d.]+(?: times as fast.*)?"),
    ("pipes", r"(stuck after )\d+"),
    ("producer-consumer", r"(Produced|Consumed): \d+"),
    (
        "threads-vs-processes",
        concat!(
            r"(^Machine:|^Run:|^Python|^Spread|^The machine is).*",
            r"|(?:[\s\d._%±~/-]|[KM]iB)+"
        ),
    ),
    ("sum-of-squares", r"(Cores: |_, )[\d.]+"),
    (
        "task-granularity",
        r"(^ +(?:loop|\d+) |Workers: |has to take ).*",
    ),
];

/// Actors that take from one queue, or put into it: which of them does what differs
/// from run to run. Their lines count as those of one, in any order.
const INTERCHANGEABLE: &[(&str, &str)] = &[
    ("sentinel-queue", r"^\[consumer-\d+\]"),
    ("thread-queue", r"^\[(producer|consumer)-\d+\]"),
];

/// Brings what the example printed to a form in which only what may vary is gone.
///
/// Each actor's lines stay in their order, and the actors come one after the other,
/// for they may interleave. A line without an actor stays where it is, and nothing
/// moves across it.
pub fn common_form(example: &str, printed: &str) -> String {
    let expression = |table: &[(&str, &str)]| {
        let found = table.iter().find(|(name, _)| *name == example);
        found.map(|(_, words)| Regex::new(words).expect("it is right"))
    };
    let (random, any) = (expression(RANDOM), expression(INTERCHANGEABLE));

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

#[cfg(test)]
mod tests {
    use super::*;

    fn same(a: &str, b: &str) -> bool {
        common_form("producer-consumer", a) == common_form("producer-consumer", b)
    }

    #[test]
    fn actors_may_interleave_but_each_keeps_its_order() {
        assert!(same("[a] 1\n[b] 1\n[a] 2\n", "[b] 1\n[a] 1\n[a] 2\n"));
        assert!(!same("[a] 1\n[a] 2\n", "[a] 2\n[a] 1\n"));
        assert!(!same("[a] 1\n[b] 1\n", "[a] 1\n"));
    }

    #[test]
    fn nothing_moves_across_a_line_without_an_actor() {
        assert!(!same("[a] 1\nend\n", "end\n[a] 1\n"));
        assert!(!same("one\ntwo\n", "two\none\n"));
    }

    #[test]
    fn whoever_takes_from_a_queue_may_take_anything_but_nothing_twice() {
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

    #[test]
    fn only_what_varies_is_gone() {
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
}
