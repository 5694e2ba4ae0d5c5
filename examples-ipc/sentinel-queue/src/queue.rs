//! The pattern: a queue from a parent to several consumer processes. Each consumer
//! ends when it gets a sentinel, and what a consumer loses when it dies is known.
//!
//! The parent has one thread for each consumer. The thread and its consumer talk
//! through two pipes, by one rule: an item is a line, and the consumer confirms it
//! by sending the same line back when it is done with the item.

use std::env;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Stdio};
use std::thread;

use anyhow::{Context, Error, Result, ensure};
use crossbeam_channel::Receiver;

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

/// In the parent: starts a consumer in each of these roles, lets them share the
/// numbers, and sends each of them a sentinel. Calls `on_confirmed` with the role
/// of a consumer and each item that it is done with. Returns the numbers that are
/// lost, because their consumer died or because no consumer was left.
pub fn share(
    numbers: impl IntoIterator<Item = u32>,
    roles: &[&str],
    on_confirmed: impl Fn(&str, Item) + Sync,
) -> Result<Vec<u32>> {
    // The channel holds no items, so `send` waits until a consumer is free. When no
    // consumer is left, nothing is left inside either, and `send` fails.
    let (queue, items) = crossbeam_channel::bounded(0);
    let on_confirmed = &on_confirmed;
    let mut lost = Vec::new();

    thread::scope(|scope| {
        let mut threads = Vec::new();
        for role in roles {
            let items = items.clone();
            threads.push(scope.spawn(move || run(role, &items, on_confirmed)));
        }
        drop(items); // from now on, only the threads can take items

        for number in numbers {
            if queue.send(Some(number)).is_err() {
                lost.push(number);
            }
        }
        for _ in roles {
            queue.send(None).ok(); // a consumer that died takes no sentinel
        }
        for thread in threads {
            lost.extend(thread.join().unwrap()?);
        }
        Ok(lost)
    })
}

/// Starts a consumer, serves it, and waits for its end. Returns what it lost.
fn run(
    role: &str,
    items: &Receiver<Item>,
    on_confirmed: impl Fn(&str, Item),
) -> Result<Item> {
    let (mut child, consumer) = spawn_self(role)?;
    let served = serve(consumer, items, |item| on_confirmed(role, item));
    let status = child.wait()?;
    let Err((lost, error)) = served else {
        return Ok(None);
    };
    eprintln!("[{role}] Ended with {status}: {error}");
    Ok(lost)
}

/// Hands items to one consumer until it has its sentinel, or the queue is closed
/// without one. Fails with the item that the consumer does not confirm.
pub(crate) fn serve(
    mut consumer: Connection,
    items: &Receiver<Item>,
    on_confirmed: impl Fn(Item),
) -> Result<(), (Item, Error)> {
    for item in items {
        consumer.send(item).map_err(|error| (item, error))?;
        on_confirmed(item);
        if item.is_none() {
            break; // the other sentinels are for the other consumers
        }
    }
    Ok(())
} // the connection is closed here, so a consumer without a sentinel ends, too
