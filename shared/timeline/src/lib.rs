//! The timeline of a run: read from what `shared` recorded, drawn in three ways.
//!
//! - [`Timeline::read`] turns the recorded lines into spans, a lane a thread,
//! - [`terminal::draw`], [`svg::draw`] and [`trace::write`] show them.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "a picture is coarser than the numbers that it shows"
)]

mod layout;
mod log;
pub mod svg;
pub mod terminal;
#[cfg(test)]
mod tests;
pub mod trace;

pub use layout::summary;
pub use log::{Lane, Process, Run, Span, Timeline};
