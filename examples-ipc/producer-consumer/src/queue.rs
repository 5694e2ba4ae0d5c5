//! The pattern: a bounded queue between two child processes, kept by their parent.
//!
//! A child asks with one line on its standard output and reads the answer, one
//! line, from its standard input:
//!
//! | who | asks | is answered |
//! |---|---|---|
//! | producer | `42` or `end` | `accepted`, as soon as the queue has room |
//! | consumer | `next` | `42` or `end`, as soon as there is one |
//!
//! Asking for the next number says that the last one is consumed. When one side
//! dies, its pipes end, and so the other side notices.

use std::io::{self, BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::thread;

use anyhow::{Context, Result};

/// How many numbers the queue holds; a producer that has one more waits.
const CAPACITY: usize = 3;

/// A number, or the sentinel `None`: the last item, after which no more will come.
pub type Item = Option<u32>;

const SENTINEL: &str = "end";
const NEXT: &str = "next";

/// In the producer: puts an item into the queue, and waits for room. Fails when the
/// consumer or the parent is gone.
pub fn put(item: Item) -> Result<()> {
    ask(&line(item)).map(drop)
}

/// In the consumer: takes the next item. Waits for one, and fails when the producer
/// died before its sentinel, or the parent is gone.
pub fn get() -> Result<Item> {
    let answer = ask(NEXT)?;
    item(&answer).with_context(|| format!("\"{answer}\" is not a number"))
}

fn ask(request: &str) -> Result<String> {
    writeln!(io::stdout(), "{request}").context("the queue is closed")?;
    next_line(&mut io::stdin().lock())?.context("the queue is closed")
}

/// The parent's ends of a child's pipes.
pub fn pipes(child: &mut Child) -> (BufReader<ChildStdout>, ChildStdin) {
    let from = child.stdout.take().expect("the output is piped");
    (
        BufReader::new(from),
        child.stdin.take().expect("the input is piped"),
    )
}

/// In the parent: keeps the queue until the consumer has the sentinel or one side
/// has died. Returns the numbers that were accepted, but not consumed.
pub fn keep<R: BufRead + Send, W: Write + Send>(
    producer: (R, W),
    consumer: (impl BufRead, impl Write),
) -> Vec<u32> {
    let (queue, items) = mpsc::sync_channel(CAPACITY);
    let closed = &AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(move || accept(producer, &queue, closed)); // and drop `queue`
        let in_hand = deliver(consumer, &items);
        closed.store(true, Ordering::Relaxed);
        // What the queue still holds, until `accept` has ended and adds nothing
        // more.
        in_hand.into_iter().chain(items.iter().flatten()).collect()
    })
}

/// Moves items from the producer into the queue.
fn accept(
    (mut requests, mut answers): (impl BufRead, impl Write),
    queue: &SyncSender<Item>,
    closed: &AtomicBool,
) {
    while let Ok(Some(request)) = next_line(&mut requests) {
        let Some(item) = item(&request) else {
            eprintln!("The producer sent \"{request}\", which is not a number");
            break;
        };
        if closed.load(Ordering::Relaxed) {
            break; // nobody consumes any more
        }
        // `send` waits until the queue has room.
        if queue.send(item).is_err() || writeln!(answers, "accepted").is_err() {
            break;
        }
    }
}

/// Moves items from the queue to the consumer. Returns the number that it has not
/// consumed when it ends.
fn deliver(
    (mut requests, mut answers): (impl BufRead, impl Write),
    queue: &Receiver<Item>,
) -> Item {
    let mut in_hand = None;
    while let Ok(Some(request)) = next_line(&mut requests) {
        if request != NEXT {
            eprintln!("The consumer sent \"{request}\", which is not a request");
            break;
        }
        // The queue ends without a sentinel when the producer has died.
        let Ok(item) = queue.recv() else { return None };
        in_hand = item;
        if writeln!(answers, "{}", line(item)).is_err() {
            break;
        }
    }
    in_hand
}

fn line(item: Item) -> String {
    item.map_or(SENTINEL.into(), |number| number.to_string())
}

fn item(line: &str) -> Option<Item> {
    if line == SENTINEL {
        Some(None)
    } else {
        line.parse().ok().map(Some)
    }
}

/// The next line, or `None` at the end. What has no line end was cut: 4 may be a
/// part of 42.
fn next_line(from: &mut impl BufRead) -> io::Result<Option<String>> {
    let mut line = String::new();
    from.read_line(&mut line)?;
    Ok(line.strip_suffix('\n').map(str::to_owned))
}
