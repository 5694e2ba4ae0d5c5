//! A line that says what is measured now, on a terminal only.

use std::io::{self, IsTerminal, Write};

use crate::rows::STEPS;

/// Writes the line.
pub fn show(number: usize, name: &str) {
    write(&format!(
        "\r\x1b[Kmeasuring {} of {}: {name}",
        number + 1,
        STEPS.len()
    ));
}

/// Takes it away.
pub fn clear() {
    write("\r\x1b[K");
}

fn write(text: &str) {
    let mut terminal = io::stderr();
    if terminal.is_terminal() {
        let _ = terminal.write_all(text.as_bytes());
    }
}
