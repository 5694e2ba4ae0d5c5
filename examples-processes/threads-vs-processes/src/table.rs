//! The table: a line a row, Python's beneath it, and a sentence.

use std::fmt::Write;

use crate::measure::Samples;
use crate::rows::{Row, Unit};
use crate::worker::TASKS;

/// What stands above the columns.
pub fn head(python: bool) -> String {
    let last = if python { "Python / Rust" } else { "" };
    let head = line("", "threads", "processes", "ratio", last);
    format!("{head}\n{}", "-".repeat(if python { 99 } else { 90 }))
}

/// The lines of a row: its figures, Python's, and what they mean.
pub fn lines(row: &Row, python: Option<&Row>) -> String {
    let mark = if row.noisy { " ~" } else { "" };
    let name = format!("{}{mark}", row.name);
    let mut lines = figures(&name, row, "");
    if let Some(python) = python {
        let times = |rust: &Option<Samples>, python: &Option<Samples>| {
            Some(ratio(python.as_ref()?.median() / rust.as_ref()?.median()))
        };
        let sides = [
            times(&row.threads, &python.threads),
            times(&row.processes, &python.processes),
        ];
        let mut to_rust =
            sides.map(|times| times.unwrap_or("-".into())).join(" / ");
        if row.unit == Unit::Tasks {
            to_rust.clear();
        }
        let _ = write!(lines, "\n{}", figures("  in Python", python, &to_rust));
    }
    let _ = write!(lines, "\n    {}", row.means);
    lines
}

fn figures(name: &str, row: &Row, last: &str) -> String {
    let cell = |samples: &Option<Samples>| match samples {
        None => "-".into(),
        Some(samples) => with_spread(samples, row.unit),
    };
    let ratio = row.ratio().map_or("-".into(), ratio);
    line(
        name,
        &cell(&row.threads),
        &cell(&row.processes),
        &ratio,
        last,
    )
}

fn line(
    name: &str,
    threads: &str,
    processes: &str,
    ratio: &str,
    last: &str,
) -> String {
    let line =
        format!("{name:<48}{threads:>17}{processes:>17}{ratio:>8}{last:>15}");
    line.trim_end().to_owned()
}

fn with_spread(samples: &Samples, unit: Unit) -> String {
    let median = figure(samples.median(), unit);
    match unit {
        Unit::Tasks => median,
        _ => format!("{median} ±{:>3.0} %", 100.0 * samples.spread()),
    }
}

/// A number in a unit in which it has one to three digits before the point.
pub fn figure(value: f64, unit: Unit) -> String {
    let (units, step): (&[&str], f64) = match unit {
        Unit::Seconds => (&["ns", "µs", "ms", "s"], 1_000.0),
        Unit::Bytes => (&["bytes", "KiB", "MiB", "GiB"], 1_024.0),
        Unit::Tasks => return format!("{value:.0} of {TASKS}"),
    };
    let mut value = if unit == Unit::Seconds {
        value * 1e9
    } else {
        value
    };
    let mut name = units[0];
    for next in &units[1..] {
        if value.abs() < 0.9995 * 1_000.0 {
            break;
        }
        (value, name) = (value / step, next);
    }
    format!("{} {name}", three_digits(value))
}

/// How many times as much.
pub fn ratio(value: f64) -> String {
    match value.abs() {
        9.95.. => format!("{value:.0}"),
        _ => format!("{value:.1}"),
    }
}

fn three_digits(value: f64) -> String {
    match value.abs() {
        99.95.. => format!("{value:.0}"),
        9.995.. => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}
