//! Communication: a message there and back, and messages of three sizes.

use std::sync::Arc;
use std::sync::mpsc;
use std::thread;

use anyhow::{Context, Result};

use super::{Effort, Row};
use crate::channel;
use crate::child::Child;
use crate::cores;
use crate::measure::Work;
use crate::worker;

/// A context switch: two hand each other eight bytes, so one of them waits at any
/// moment. Both sides go through the same kind of channel: what differs is the
/// switch.
pub fn switch(effort: &Effort) -> Result<Vec<Row>> {
    Ok(vec![cores::on_one(|| there_and_back(effort))?])
}

fn there_and_back(effort: &Effort) -> Result<Row> {
    let [mut near, far] = channel::pair().context("cannot make a channel")?;
    let other = thread::spawn(|| worker::echo(far.input, far.output));
    let threads = move |times| {
        for number in 0..times {
            near.tell(number)?;
            near.hear()?;
        }
        Ok(())
    };
    let mut child = Child::start(&["echo"])?;
    let processes = move |times| {
        for number in 0..times {
            child.tell(number)?;
            child.hear()?;
        }
        Ok(())
    };
    let mut row = effort.compare(
        "switch to another and back, by a socket pair",
        Box::new(threads),
        Box::new(processes),
    )?;
    let _ = other.join(); // `near` was dropped with `threads`
    row.means = format!(
        "To switch to a process takes {:.1} times as long: no reason for threads.",
        row.ratio().unwrap_or_default()
    );
    row.noisy = !cores::CAN_PIN;
    Ok(row)
}

/// Handing over: a stream of messages, and an answer when the last is there.
pub fn rows(effort: &Effort) -> Result<Vec<Row>> {
    let rows = cores::on_one(|| {
        [
            compare(effort, "8 bytes", 8, thread_that_takes(0_u64)),
            compare(effort, "64 KiB", 64 << 10, arc_of(64 << 10)),
            compare(effort, "1 MiB", 1 << 20, arc_of(1 << 20)),
        ]
    });
    let mut rows = rows.into_iter().collect::<Result<Vec<Row>>>()?;
    for (row, means) in rows.iter_mut().zip([
        "Through a channel, against a system call to write it, and one to read it.",
        "A thread gets the address; a process gets a copy, through a socket pair.",
        "To a thread size does not matter. To a process it is what you pay for.",
    ]) {
        row.means = means.into();
        row.noisy = !cores::CAN_PIN;
    }
    Ok(rows)
}

fn compare(
    effort: &Effort,
    words: &str,
    size: usize,
    threads: Work<'static>,
) -> Result<Row> {
    let mut child = Child::start(&["receive", &size.to_string()])?;
    let message = vec![1; size];
    let processes = move |times| {
        child.tell(times)?;
        for _ in 0..times {
            child.send(&message)?;
        }
        child.hear()?;
        Ok(())
    };
    effort.compare(format!("hand over {words}"), threads, Box::new(processes))
}

fn arc_of(size: usize) -> Work<'static> {
    thread_that_takes(Arc::new(vec![1_u8; size]))
}

/// A thread and a channel to it. `None` asks it for an answer.
fn thread_that_takes<T: Clone + Send + Sync + 'static>(item: T) -> Work<'static> {
    let (sender, items) = mpsc::channel::<Option<T>>();
    let (answer, answers) = mpsc::channel();
    thread::spawn(move || {
        let _span = shared::span("receive");
        while let Ok(item) = items.recv() {
            if std::hint::black_box(item).is_none() {
                let _ = answer.send(());
            }
        }
    });
    Box::new(move |times| {
        for _ in 0..times {
            sender.send(Some(item.clone()))?;
        }
        sender.send(None)?;
        Ok(answers.recv()?)
    })
}
