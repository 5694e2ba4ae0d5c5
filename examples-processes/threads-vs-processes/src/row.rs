//! A row of the table, and when it allows a conclusion.

use std::fmt::{self, Display};

use serde::Serialize;

use crate::measure::{Figure, Pair};

/// How many tasks there are when one of them crashes.
pub const TASKS: u32 = 8;

/// The machine is busy if other programs take a larger share of its cores.
const MAX_OTHERS: f64 = 0.05;
/// A figure is in doubt if its spread is larger.
const MAX_SPREAD: f64 = 0.25;

/// What a figure counts.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    Seconds,
    Bytes,
    /// Results that were lost, of `TASKS`.
    Results,
}

/// One comparison.
#[derive(Debug, Serialize)]
pub struct Row {
    pub name: String,
    pub unit: Unit,
    #[serde(flatten)]
    pub figures: Pair<Figure>,
    /// What follows from the figures.
    pub conclusion: String,
    /// In the speed-up curve: on how many workers.
    pub workers: Option<usize>,
}

impl Row {
    /// A row of times, which the caller may change.
    pub fn new(name: &str, figures: Pair<Figure>, conclusion: String) -> Self {
        Self {
            name: name.into(),
            unit: Unit::Seconds,
            figures,
            conclusion,
            workers: None,
        }
    }
}

/// On a busy machine, replaces conclusions by the reason why there are none. Other
/// programs took this share of its cores.
pub fn withdraw_conclusions(rows: &mut [Row], others: f64) {
    let mut spread: f64 = 0.0;
    for row in &*rows {
        let Pair { threads, processes } = row.figures;
        spread = spread.max(threads.spread()).max(processes.spread());
    }
    let doubt = if others > MAX_OTHERS {
        format!("other programs took {:.0} % of the cores", 100.0 * others)
    } else if spread > MAX_SPREAD {
        format!("a spread of ± {:.0} %", 100.0 * spread)
    } else {
        return;
    };
    for row in rows {
        // What was counted is true all the same.
        if row.unit != Unit::Results {
            row.conclusion = format!("No conclusion: {doubt}.");
        }
    }
}

impl Pair<Figure> {
    pub fn ratio(self) -> f64 {
        self.processes.median / self.threads.median
    }

    /// What the ratio says of a thing, such as "a switch". A difference of less
    /// than a quarter counts as none.
    pub fn compare(self, thing: &str) -> String {
        let ratio = self.ratio();
        let more = ratio.max(1.0 / ratio);
        let slower = if ratio < 1.0 { "threads" } else { "processes" };
        if more < 1.25 {
            format!("With processes, {thing} takes about as long.")
        } else {
            format!(
                "With {slower}, {thing} takes {} times as long.",
                digits(more)
            )
        }
    }

    /// "1.95 times as long with threads, and 1.98 times with processes"
    pub fn times_as_long_as(self, other: Self) -> String {
        format!(
            "{} times as long with threads, and {} times with processes",
            digits(self.threads.median / other.threads.median),
            digits(self.processes.median / other.processes.median)
        )
    }
}

/// The lines above the table.
pub fn heading() -> String {
    let columns = format!("{:>62}{:>16}{:>7}", "threads", "processes", "ratio");
    format!("\n{columns}\n{}", "-".repeat(columns.len()))
}

impl Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{:<46}", self.name)?;
        for figure in [self.figures.threads, self.figures.processes] {
            let mut spread = format!("±{:>3.0} %", 100.0 * figure.spread());
            if self.unit == Unit::Results {
                spread.clear();
            }
            write!(f, "{:>9} {spread:6}", in_unit(figure.median, self.unit))?;
        }
        writeln!(f, "{:>7}", digits(self.figures.ratio()))?;
        write!(f, "    {}", self.conclusion)
    }
}

/// A value with its unit, such as "27.5 µs".
pub fn in_unit(value: f64, unit: Unit) -> String {
    let (mut value, step, units) = match unit {
        Unit::Seconds => (value * 1e9, 1000.0, ["ns", "µs", "ms", "s"]),
        Unit::Bytes => (value, 1024.0, ["bytes", "KiB", "MiB", "GiB"]),
        Unit::Results => return format!("{value:.0} of {TASKS}"),
    };
    let mut name = units[0];
    for larger in &units[1..] {
        if value >= 999.5 {
            value /= step;
            name = larger;
        }
    }
    format!("{} {name}", digits(value))
}

/// A number with two digits behind the point, or fewer if it is large.
pub fn digits(value: f64) -> String {
    match value {
        99.95.. => format!("{value:.0}"),
        9.995.. => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}
