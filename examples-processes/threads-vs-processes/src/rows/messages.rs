//! A switch to another worker and back, and messages of three sizes. All of it is
//! measured on one core.

use std::hint::black_box;
use std::io::{self, Write};
use std::sync::{Arc, mpsc};
use std::thread;

use anyhow::{Context, Result};

use super::compare;
use crate::channel::{Channel, receive, send};
use crate::child::{self, Child};
use crate::machine::on_one_core;
use crate::measure::{Figure, Pair, Work};
use crate::row::Row;

/// Both sides use the same kind of channel. One of the two always waits, so each
/// round takes two switches.
pub fn switch() -> Result<Vec<Row>> {
    let _span = shared::span("switch");
    on_one_core(switch_on_one_core)
}

fn switch_on_one_core() -> Result<Vec<Row>> {
    let (mut ours, theirs) = Channel::pair().context("cannot make a channel")?;
    thread::scope(|scope| {
        scope.spawn(|| child::receiver(theirs)); // it ends when `ours` is dropped
        let mut child = Child::start()?;
        // There are no messages in between.
        send(&mut ours, 0)?;
        child.talk(|channel| send(channel, 0))?;
        let pair: Pair<Work> = Pair {
            threads: Box::new(move |count| {
                for _ in 0..count {
                    there_and_back(&mut ours)?;
                }
                Ok(())
            }),
            processes: Box::new(move |count| {
                for _ in 0..count {
                    child.talk(there_and_back)?;
                }
                Ok(())
            }),
        };
        let name = "switch to another and back, by a socket pair";
        super::row(name, "a switch", pair)
    })
}

pub fn there_and_back(channel: &mut Channel) -> io::Result<u64> {
    send(&mut *channel, 0)?;
    receive(channel)
}

/// Many messages are sent, and answered when the last one is there.
pub fn hand_over() -> Result<Vec<Row>> {
    let _span = shared::span("hand over");
    let small = on_one_core(|| messages_of(8))?;
    let conclusion = small.compare("a small message");
    let mut rows = vec![Row::new("hand over 8 bytes", small, conclusion)];
    for (name, size) in
        [("hand over 64 KiB", 64 << 10), ("hand over 1 MiB", 1 << 20)]
    {
        let figures = on_one_core(|| messages_of(size))?;
        let growth = figures.times_as_long_as(small);
        let conclusion = format!("Compared with 8 bytes, it takes {growth}.");
        rows.push(Row::new(name, figures, conclusion));
    }
    Ok(rows)
}

fn messages_of(size: usize) -> Result<Pair<Figure>> {
    let message: Arc<[u8]> = vec![1; size].into();
    let to_thread = message.clone();
    let (sender, receiver) = mpsc::channel::<Option<Arc<[u8]>>>();
    let (answer, answers) = mpsc::channel();
    thread::scope(|scope| {
        scope.spawn(move || {
            for message in receiver {
                // `None` asks for an answer.
                if black_box(message).is_none() && answer.send(()).is_err() {
                    break;
                }
            }
        });
        let mut child = Child::start()?;
        child.talk(|channel| send(channel, size as u64))?;
        compare(Pair {
            threads: Box::new(move |count| {
                for _ in 0..count {
                    sender.send(Some(to_thread.clone()))?;
                }
                sender.send(None)?;
                Ok(answers.recv()?)
            }),
            processes: Box::new(move |count| {
                child.talk(|channel| {
                    send(&mut *channel, count)?;
                    for _ in 0..count {
                        channel.write_all(&message)?;
                    }
                    receive(channel)
                })?;
                Ok(())
            }),
        })
    })
}
