//! What a thread is doing, for a picture of the run.

use std::fmt::Display;

/// Names what the current thread does from here until the returned guard is
/// dropped.
///
/// `name` is formatted only when somebody records, so `span(format_args!("resize
/// {name}"))` costs nothing otherwise. Nobody records yet.
pub fn span(_name: impl Display) -> Span {
    Span(())
}

/// Says that the current thread may wait from here on, for `what`, until its next
/// [`span`] begins or ends.
pub fn waiting(_what: impl Display) {}

/// A guard: the span ends when it is dropped.
#[must_use = "the span ends when this guard is dropped"]
pub struct Span(());

impl Drop for Span {
    fn drop(&mut self) {}
}
