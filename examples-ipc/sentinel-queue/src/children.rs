//! The children of a run: started, served, listened to, and waited for.

use std::collections::HashMap;
use std::fmt::Display;
use std::io::{self, BufRead, BufReader, ErrorKind, Write};
use std::process::{Child, ChildStderr, Command, ExitStatus, Stdio};
use std::sync::mpsc::SyncSender;
use std::{env, thread};

use anyhow::{Context, Result, ensure};

use crate::queue::{self, Item, Items};

/// With this code a consumer ends that got no sentinel.
const NO_SENTINEL: i32 = 1;

/// Lets consumers, each in a process of its own, share what `put` puts into a queue
/// (it returns the numbers). Fails if a number is lost, a consumer dies, or not as
/// many are done as there are `sentinels`.
pub fn share(
    consumers: usize,
    sentinels: usize,
    put: impl FnOnce(&SyncSender<Item>) -> Result<Vec<u32>>,
) -> Result<()> {
    let (queue, items) = queue::queue();
    let names: Vec<_> = (1..=consumers).map(|n| format!("consumer-{n}")).collect();
    let (numbers, ended) = thread::scope(|scope| {
        let threads: Vec<_> = names
            .iter()
            .map(|name| (name, items.clone()))
            .map(|(name, items)| scope.spawn(move || run(name, items)))
            .collect();
        drop(items); // with the last consumer `put` must fail, and not wait
        let numbers = put(&queue);
        drop(queue); // closed: who asks when it is empty gets no answer
        shared::waiting("consumers");
        let ended = threads.into_iter().map(|thread| thread.join().unwrap());
        (numbers, ended.collect::<Result<Vec<_>>>())
    });

    let (numbers, ended) = (numbers?, ended?);
    let (mut all_consumed, mut died, mut done) = (Vec::new(), Vec::new(), 0);
    for (name, (status, consumed)) in names.iter().zip(ended) {
        all_consumed.extend(consumed);
        match status.code() {
            Some(0) => done += 1,
            Some(NO_SENTINEL) => {}
            _ => died.push(format!("{name}: {status}, ")),
        }
    }
    let lost = lost(numbers, all_consumed);
    ensure!(
        lost.is_empty() && died.is_empty() && done == sentinels,
        "{}consumers done: {done}, numbers lost: {lost:?}",
        died.concat()
    );
    Ok(())
}

/// The numbers that were put, but not consumed. The same one may be there twice.
pub(crate) fn lost(mut numbers: Vec<u32>, consumed: Vec<u32>) -> Vec<u32> {
    let mut times = HashMap::new();
    for number in consumed {
        *times.entry(number).or_insert(0) += 1;
    }
    numbers.retain(|number| {
        let Some(times) = times.get_mut(number) else {
            return true;
        };
        *times -= 1;
        *times < 0
    });
    numbers
}

/// Starts a consumer, serves it, prints what it says, and waits for it. Returns how
/// it ended, and what it has consumed.
fn run(name: &str, items: Items) -> Result<(ExitStatus, Vec<u32>)> {
    let mut child = start(name)?;
    let words = child.stderr.take().expect("it is piped");
    let (consumed, relayed) = thread::scope(|scope| {
        let relayed = scope.spawn(|| relay(name, words));
        let consumed = queue::serve_child(&mut child, items);
        (consumed, relayed.join().unwrap())
    });
    let status = child.wait().context("cannot wait for a consumer")?;
    relayed?;
    Ok((status, consumed))
}

/// Starts this program again in the given role. Its standard input and output are
/// the way to the queue; what people should read goes through its standard error.
pub fn start(role: &str) -> Result<Child> {
    Command::new(env::current_exe()?)
        .arg(role)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {role}"))
}

/// Prints every line of a child's words behind its name. Reads on when printing
/// fails: the child must not get stuck.
fn relay(name: &str, words: ChildStderr) -> Result<()> {
    let mut said = Ok(());
    for line in BufReader::new(words).split(b'\n').map_while(io::Result::ok) {
        let line = String::from_utf8_lossy(&line);
        said = said.and(say(format_args!("[{name}] {line}")));
    }
    said
}

/// Prints a line. Goes on when nobody reads it (`| head -1`).
pub fn say(line: impl Display) -> Result<()> {
    match writeln!(io::stdout(), "{line}") {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(error).context("cannot print")
        }
        _ => Ok(()),
    }
}
