//! What is measured. Each function returns rows that belong together.

mod crash;
mod idle;
mod lock;
mod messages;
pub mod tasks;

use std::time::Duration;

use anyhow::Result;

use crate::DEBUG;
use crate::measure::{self, Figure, Pair, Work};
use crate::row::Row;

/// All of them, in the order of the table.
pub const ALL: [fn() -> Result<Vec<Row>>; 9] = [
    idle::start,
    idle::memory,
    messages::switch,
    messages::hand_over,
    lock::measure,
    tasks::tiny,
    tasks::compute,
    tasks::wait,
    crash::measure,
];

/// How long a row is measured.
const TIME: Duration = Duration::from_millis(if DEBUG { 100 } else { 2_000 });

/// Times the two sides of one row.
fn compare(pair: Pair<Work>) -> Result<Pair<Figure>> {
    let figures = measure::in_turn(TIME, vec![pair])?;
    Ok(figures[0])
}

/// A row whose conclusion compares the two sides.
fn row(name: &str, thing: &str, pair: Pair<Work>) -> Result<Vec<Row>> {
    let figures = compare(pair)?;
    Ok(vec![Row::new(name, figures, figures.compare(thing))])
}
