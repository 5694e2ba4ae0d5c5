//! All that was measured, and what can be said of the whole.

use serde::Serialize;

use crate::cores::Load;
use crate::measure::{self, Samples};
use crate::rows::{Row, Unit};
use crate::{machine, table};

/// More than what other programs take of the cores, and than the median of the
/// rows' spreads, on a machine that does little else.
const BUSY: f64 = 0.1;

/// What `--json` writes.
#[derive(Serialize)]
pub struct Report {
    #[serde(skip)]
    load: Option<Load>,
    machine: String,
    cores: usize,
    profile: &'static str,
    date: String,
    /// What measuring itself costs, in seconds, and is part of the figures.
    clock_a_batch: f64,
    loop_an_operation: f64,
    python_version: Option<String>,
    /// What was measured in Rust.
    pub rows: Vec<Row>,
    /// The same rows in Python, if there are any.
    pub python: Vec<Row>,
}

impl Report {
    /// A report without rows.
    pub fn new(cores: usize, python_version: Option<&str>) -> Self {
        let [clock_a_batch, loop_an_operation] = measure::overhead();
        Self {
            load: Load::so_far(),
            machine: machine::here(cores),
            cores,
            profile: if cfg!(debug_assertions) {
                "dev"
            } else {
                "release"
            },
            date: machine::now(),
            clock_a_batch,
            loop_an_operation,
            python_version: python_version.map(String::from),
            rows: Vec::new(),
            python: Vec::new(),
        }
    }

    /// The lines above the table.
    pub fn heading(&self) -> String {
        let Self {
            machine,
            profile,
            date,
            ..
        } = self;
        let python = self.python_version.as_ref();
        let python = python.map_or(String::new(), |version| format!(", {version}"));
        let note = if *profile == "dev" {
            "\nA short run of a debug build: numbers that mean something \
             need --release."
        } else {
            ""
        };
        let [clock, turn] = [self.clock_a_batch, self.loop_an_operation]
            .map(|cost| table::figure(cost, Unit::Seconds));
        format!(
            "Machine: {machine}\nRun: {profile}{python}, {date}{note}\n\
             Each figure: the median, ± half the distance of the quartiles. It \
             includes the cost of\nthe clock, {clock} a batch, and of the loop, \
             {turn} an operation.\n"
        )
    }

    /// The lines below the table.
    pub fn closing(&self) -> String {
        let sides = self.rows.iter().flat_map(Row::sides).flatten();
        let twice: Vec<f64> =
            sides.filter_map(|side| side.twice_the_work).collect();
        let steady = self.rows.iter().filter(|row| !row.noisy);
        let spreads: Vec<f64> = steady
            .flat_map(Row::sides)
            .flatten()
            .filter(|side| side.twice_the_work.is_some())
            .map(Samples::spread)
            .collect();
        let [spread, low, middle, high] = [
            100.0 * measure::quantile(&spreads, 0.5),
            measure::quantile(&twice, 0.0),
            measure::quantile(&twice, 0.5),
            measure::quantile(&twice, 1.0),
        ];
        let others = self.load.as_ref().and_then(Load::of_others);
        let busy = others.is_some_and(|others| others > BUSY);
        let others = others.map_or(String::new(), |others| {
            format!(" Other programs took {:.0} % of the cores.", 100.0 * others)
        });
        let advice = if busy || spread > 100.0 * BUSY {
            "The machine is busy: measure again when it is not."
        } else {
            "The machine is quiet."
        };
        format!(
            "\n~ noisy: from one run to the next it may change by more than a \
             fifth.\n\
             Spread (median, rows without ~): {spread:.0} %.{others}\n{advice}\n\
             Twice the work takes {middle:.2} times as long ({low:.2} to \
             {high:.2}): 2 if nothing was optimised away."
        )
    }

    /// The machine, the profile and the date, in a line.
    pub fn about(&self) -> String {
        let Self {
            machine,
            profile,
            date,
            ..
        } = self;
        format!("{machine}, {profile}, {date}")
    }

    /// The rows of the speed-up curve.
    pub fn curve(rows: &[Row]) -> Vec<&Row> {
        rows.iter().filter(|row| row.workers.is_some()).collect()
    }
}
