//! The timeline of a run: recorded by `shared`, drawn in three ways.
//!
//! - [`record()`] runs a program and watches its processes,
//! - [`Timeline::read`] turns the recorded lines into spans, a lane a thread,
//! - [`terminal::draw`], [`svg::draw`] and [`trace::write`] show them,
//! - [`examples`] finds the examples of the workspace.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "a picture is coarser than the numbers that it shows"
)]

pub mod examples;
mod layout;
mod load;
mod log;
mod printed;
mod record;
pub mod svg;
pub mod terminal;
#[cfg(test)]
mod tests;
pub mod trace;

pub use layout::summary;
pub use load::Load;
pub use log::{Lane, Process, Run, Span, Timeline};
pub use printed::Printed;
pub use record::{Recorded, Signals, record, record_printed};
