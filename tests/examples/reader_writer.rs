//! What reader-writer alone promises. Nothing is asserted about how long something
//! took.

use libtest_mimic::{Failed, Trial};
use regex::Regex;
use support::{
    Checked, Example, Language, Program, common_run, ensure, many_runs, rounds,
    trial,
};

use super::Special;

pub const SPECIAL: Special = Special {
    name: "reader-writer",
    own_output: Some("Python has no such lock, and measures nothing"),
    random: Some("(^  ).*"), // the table, and what follows from it
    trials,
    ..Special::NOTHING
};

/// What comes before the table.
const FORCED: &str = "\
Two readers read at the same time.
A writer writes. Does a reader get in? false
Total with one read: 12
Total with a second read: never, a deadlock
Nanoseconds per operation (";

pub fn trials() -> Vec<Trial> {
    vec![
        trial("reader-writer: the same in many runs", always_a_deadlock),
        trial("reader-writer: its conclusion follows from the table", run),
        trial("reader-writer: results.txt has the form of a run", results),
    ]
}

fn always_a_deadlock() -> Checked {
    let program = || Program::rust(&Example::named(SPECIAL.name));
    many_runs(rounds(), 1, program, |run| {
        ensure(run.output.starts_with(FORCED), || run.output.clone())
    })
}

fn run() -> Checked {
    let example = Example::named(SPECIAL.name);
    check_table(&common_run(&example, Language::Rust, &[])?.output)
}

/// A run of a release build on a machine with nothing else to do.
fn results() -> Checked {
    let printed = Example::named(SPECIAL.name).read("results.txt");
    ensure(printed.starts_with(FORCED), || printed.clone())?;
    ensure(printed.contains(" cores, release build):\n"), || {
        "no release build".into()
    })?;
    ensure(printed.contains("\n  On "), || "no conclusion".into())?;
    check_table(&printed)
}

/// A row of the table: what was measured, and nanoseconds.
struct Row {
    name: String,
    threads: usize,
    mutex: f64,
    rwlock: f64,
}

/// All rows are there, and the last line says what they say.
fn check_table(printed: &str) -> Checked {
    let (_, table) = printed.split_once("\nNanoseconds ").ok_or("no table")?;
    let lines: Vec<&str> = table.lines().collect();
    let [head, titles, lines @ .., conclusion] = &lines[..] else {
        return Err(table.into());
    };
    let cores = Regex::new(r"\((\d+) cores, (?:debug|release) build\):$")?;
    let cores = cores.captures(head).ok_or_else(|| (*head).to_owned())?;
    let cores: usize = cores[1].parse()?;
    let expected = "  reads  inside  threads     Mutex    RwLock    atomic";
    ensure(*titles == expected, || (*titles).to_owned())?;
    let rows: Vec<Row> = lines
        .iter()
        .map(|line| row(line))
        .collect::<Result<_, _>>()?;
    let on_all: Vec<&Row> =
        rows.iter().filter(|row| row.threads == cores).collect();
    let names: Vec<&str> = on_all.iter().map(|row| row.name.as_str()).collect();
    let all = ["99, 0", "99, 1", "50, 0", "50, 1"]
        .map(|cell| cell.replace(", ", " % reads of ") + " µs");
    ensure(names == all, || format!("{names:?}"))?;
    ensure(rows.iter().any(|row| row.threads == 1), || table.into())?;
    follows(&on_all, conclusion)
}

fn row(line: &str) -> Result<Row, Failed> {
    let form = Regex::new(concat!(
        r"^ +(99|50) % +(0|1) µs +(\d+) +",
        r"(\d+\.\d) +(\d+\.\d) +\d+\.\d$"
    ))?;
    let fields = form.captures(line).ok_or_else(|| line.to_owned())?;
    Ok(Row {
        name: format!("{} % reads of {} µs", &fields[1], &fields[2]),
        threads: fields[3].parse()?,
        mutex: fields[4].parse()?,
        rwlock: fields[5].parse()?,
    })
}

/// Whether the last line names just the rows in which one lock is clearly faster. A
/// machine with one core, or a busy one, draws no conclusion.
fn follows(rows: &[&Row], conclusion: &str) -> Checked {
    if conclusion.starts_with("  No conclusion: ") {
        return Ok(());
    }
    let form = Regex::new(concat!(
        r"^  On \d+ cores, RwLock is clearly faster for (.+), ",
        r"and Mutex for (.+)\.$"
    ))?;
    let lists = form
        .captures(conclusion)
        .ok_or_else(|| conclusion.to_owned())?;
    for row in rows {
        let named = [&lists[1], &lists[2]].map(|list| list.contains(&row.name));
        let ratio = row.mutex / row.rwlock;
        // The table is rounded, so what is close to the limits may go either way.
        let right = (ratio > 1.24 || !named[0])
            && (ratio < 1.26 || named[0])
            && (ratio < 1.0 / 1.24 || !named[1])
            && (ratio > 1.0 / 1.26 || named[1]);
        ensure(right, || format!("{}: {ratio}, but {conclusion}", row.name))?;
    }
    Ok(())
}
