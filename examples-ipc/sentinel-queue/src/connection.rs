//! One end of the two pipes between a child and its parent. An item is a line, and
//! its receiver confirms it by sending the same line back.

use std::env;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, ensure};

/// A number, or the sentinel `None`, which says that no more will come.
pub type Item = Option<u32>;

/// One end of the two pipes between a child and its parent.
pub struct Connection {
    reader: Box<dyn BufRead + Send>,
    writer: Box<dyn Write + Send>,
}

impl Connection {
    pub fn new(
        reader: impl Read + Send + 'static,
        writer: impl Write + Send + 'static,
    ) -> Self {
        Self {
            reader: Box::new(BufReader::new(reader)),
            writer: Box::new(writer),
        }
    }

    /// In a child: the connection that `spawn_self` has made for it.
    pub fn to_parent() -> Self {
        Self::new(io::stdin(), io::stdout())
    }

    /// Sends an item, and waits until the other side confirms it.
    pub fn send(&mut self, item: Item) -> Result<()> {
        self.confirm(item)?; // an item and its confirmation are the same line
        ensure!(self.receive()? == item, "the answer is not a confirmation");
        Ok(())
    }

    /// Waits for the next item. Fails when the other side is gone: if no sentinel
    /// came before, there may be items that never came.
    pub fn receive(&mut self) -> Result<Item> {
        let mut received = String::new();
        self.reader.read_line(&mut received)?;
        // A line without its end was cut: 4 may be the beginning of 42.
        let line = received
            .strip_suffix('\n')
            .context("the other side is gone")?;
        if line == "end" {
            return Ok(None);
        }
        let number = line
            .parse()
            .with_context(|| format!("not a number: {line}"))?;
        Ok(Some(number))
    }

    /// Confirms the item that was received last.
    pub fn confirm(&mut self, item: Item) -> Result<()> {
        let line = item.map_or("end".to_owned(), |number| number.to_string());
        writeln!(self.writer, "{line}").context("the other side is gone")
    }
}

/// Starts this program again, with a role as its first argument. The child's input
/// and output are the connection, but `eprintln!` still prints to the terminal.
pub fn spawn_self(role: &str) -> Result<(Child, Connection)> {
    let mut child = Command::new(env::current_exe()?)
        .arg(role)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {role}"))?;
    let stdout = child.stdout.take().expect("it is piped");
    let stdin = child.stdin.take().expect("it is piped");
    Ok((child, Connection::new(stdout, stdin)))
}
