//! The claims, a row for each: what is measured, and what it means.

mod crash;
mod memory;
mod messages;
mod start;
mod state;
mod tasks;

use std::num::NonZero;
use std::thread;
use std::time::Duration;

use anyhow::Result;
use serde::Serialize;

use crate::measure::{self, Samples, Work};
pub use tasks::Task;

/// What a figure counts. The numbers themselves are in these units.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    Seconds,
    Bytes,
    /// Of `worker::TASKS`.
    Tasks,
}

/// One claim, measured.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// What was measured.
    pub name: String,
    /// What the samples count.
    pub unit: Unit,
    /// Whether two runs may differ by more than a fifth.
    pub noisy: bool,
    /// The samples with threads. None where it cannot be measured.
    pub threads: Option<Samples>,
    /// The samples with processes.
    pub processes: Option<Samples>,
    /// In the rows of the speed-up curve: on how many workers.
    pub workers: Option<usize>,
    /// What it means, in a sentence.
    pub means: String,
}

impl Row {
    /// Whether it is in the table: of the curve, its two ends are.
    pub fn is_printed(&self, cores: usize) -> bool {
        self.workers
            .is_none_or(|workers| workers == 1 || workers == cores.max(2))
    }

    /// The samples with threads, and those with processes.
    pub fn sides(&self) -> [Option<&Samples>; 2] {
        [self.threads.as_ref(), self.processes.as_ref()]
    }

    /// How many times the threads' figure the processes' is.
    pub fn ratio(&self) -> Option<f64> {
        let [threads, processes] = self.sides();
        Some(processes?.median() / threads?.median())
    }
}

/// Rows that are measured together.
pub struct Step {
    /// What Python's program calls it.
    pub name: &'static str,
    /// Measures them.
    pub measure: fn(&Effort) -> Result<Vec<Row>>,
}

/// All of them, in the order of the table.
pub const STEPS: &[Step] = &[
    Step {
        name: "start",
        measure: start::rows,
    },
    Step {
        name: "memory",
        measure: memory::rows,
    },
    Step {
        name: "switch",
        measure: messages::switch,
    },
    Step {
        name: "messages",
        measure: messages::rows,
    },
    Step {
        name: "state",
        measure: state::rows,
    },
    Step {
        name: "task",
        measure: tasks::single,
    },
    Step {
        name: "chunks",
        measure: tasks::chunks,
    },
    Step {
        name: "compute",
        measure: tasks::compute,
    },
    Step {
        name: "wait",
        measure: tasks::wait,
    },
    Step {
        name: "crash",
        measure: crash::rows,
    },
];

/// How much is done for a figure.
pub struct Effort {
    /// The time that one side of a row gets.
    pub budget: Duration,
    /// How many cores this program may use.
    pub cores: usize,
}

impl Effort {
    /// Less in a debug build, whose numbers are worth less.
    pub fn of_this_build() -> Self {
        let milliseconds = if cfg!(debug_assertions) { 80 } else { 800 };
        Self {
            budget: Duration::from_millis(milliseconds),
            cores: thread::available_parallelism().map_or(1, NonZero::get),
        }
    }

    /// On how many workers the computation is measured: 1 to the number of cores,
    /// in eight steps at most. Two at the least, for a curve.
    pub fn points(&self) -> Vec<usize> {
        let most = self.cores.max(2);
        let steps = (most - 1).min(7);
        (0..=steps)
            .map(|step| 1 + step * (most - 1) / steps)
            .collect()
    }

    /// Times both sides of a row.
    fn compare<'a>(
        &self,
        name: impl Into<String>,
        threads: Work<'a>,
        processes: Work<'a>,
    ) -> Result<Row> {
        let both = measure::in_turn(self.budget, &mut [threads, processes])?;
        let [threads, processes] = <[Samples; 2]>::try_from(both).expect("two");
        Ok(row(name, Unit::Seconds, threads, processes))
    }
}

fn row(
    name: impl Into<String>,
    unit: Unit,
    threads: Samples,
    processes: Samples,
) -> Row {
    Row {
        name: name.into(),
        unit,
        noisy: false,
        threads: Some(threads),
        processes: Some(processes),
        workers: None,
        means: String::new(),
    }
}
