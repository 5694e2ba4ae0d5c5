//! The pattern: a queue from a parent to several child processes, and a sentinel
//! for each of them, which says that no more will come.
//!
//! A child asks with the line `next` on its standard output, and reads the answer,
//! a number or `end`, from its standard input. Asking for the next number says that
//! the last one is consumed.

use std::io::{self, BufRead, BufReader, Write};
use std::iter::Peekable;
use std::process::Child;
use std::sync::mpsc::{self, SyncSender};
use std::sync::{Arc, Mutex};

use anyhow::{Context, Result};

/// How many items the queue holds; who puts one more waits.
const CAPACITY: usize = 3;

/// A number, or the sentinel `None`: the last item that a consumer gets.
pub type Item = Option<u32>;

/// The end of the queue from which items are taken. Shared by those who serve.
pub type Items = Arc<Mutex<Peekable<mpsc::IntoIter<Item>>>>;

const SENTINEL: &str = "end";
const NEXT: &str = "next";

/// In the parent: a new queue. It is closed when the sender is dropped.
pub fn queue() -> (SyncSender<Item>, Items) {
    let (sender, receiver) = mpsc::sync_channel(CAPACITY);
    (
        sender,
        Arc::new(Mutex::new(receiver.into_iter().peekable())),
    )
}

/// In a consumer: takes the next item, and waits until there is one. Fails when the
/// queue is closed or the parent has died: without a sentinel, not all has come.
pub fn get() -> Result<Item> {
    let asked = writeln!(io::stdout(), "{NEXT}");
    let answer = asked.and_then(|()| next_line(&mut io::stdin().lock()));
    let answer = answer.ok().flatten().context("no sentinel came")?;
    item(&answer).with_context(|| format!("\"{answer}\" is not a number"))
}

/// In the parent: serves a consumer until it has its sentinel, or the queue is
/// closed, or the consumer has died. Returns what it has consumed.
pub fn serve_child(child: &mut Child, items: Items) -> Vec<u32> {
    let requests = BufReader::new(child.stdout.take().expect("it is piped"));
    serve(requests, child.stdin.take().expect("it is piped"), items)
}

/// Serves whoever sends these requests and reads these answers.
#[allow(
    clippy::needless_pass_by_value,
    reason = "gone with the last who serves"
)]
pub(crate) fn serve(
    mut requests: impl BufRead,
    mut answers: impl Write,
    items: Items,
) -> Vec<u32> {
    let mut consumed = Vec::new();
    let mut in_hand = None;
    while let Ok(Some(request)) = next_line(&mut requests) {
        if request != NEXT {
            let _ = writeln!(io::stderr(), "\"{request}\" is not a request");
            break;
        }
        consumed.extend(in_hand.take());
        // Whoever comes now waits for the lock, and then for the item after this.
        let mut items = items.lock().unwrap();
        let Some(item) = items.peek() else { break }; // closed, and empty
        if writeln!(answers, "{}", line(item.as_ref())).is_err() {
            break; // the item stays, for another consumer
        }
        in_hand = items.next().flatten();
    }
    consumed
}

fn line(item: Option<&u32>) -> String {
    item.map_or(SENTINEL.into(), ToString::to_string)
}

/// The item in a line; `None` if it is none. No number may be the line `end`.
pub fn item(line: &str) -> Option<Item> {
    if line == SENTINEL {
        Some(None)
    } else {
        line.parse().ok().map(Some)
    }
}

/// The next line, or `None` at the end. What has no line end was cut: 4 may be a
/// part of 42.
pub fn next_line(from: &mut impl BufRead) -> io::Result<Option<String>> {
    let mut line = String::new();
    from.read_line(&mut line)?;
    Ok(line.strip_suffix('\n').map(str::to_owned))
}
