//! The pattern: a share of the work for each process, which sends its results to
//! the parent as soon as it has them, each as one line: `thread-2 7 140`.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::ops::Range;
use std::process::{self, Command, Stdio};
use std::{env, thread};

use anyhow::{Context, Result, ensure};

/// Divides the numbers: the shares together are the whole, in order, and none is
/// longer than another by more than one.
pub fn shares(
    whole: Range<usize>,
    parts: usize,
) -> impl Iterator<Item = Range<usize>> {
    let bound = move |part| whole.start + whole.len() * part / parts;
    (0..parts).map(move |part| bound(part)..bound(part + 1))
}

/// In the child: sends a result to the parent. Fails when the parent is gone.
pub fn send(order: usize, amount: usize) -> Result<()> {
    let thread = thread::current();
    let thread = thread.name().unwrap_or("unnamed");
    // One lock for the whole line: lines of several threads never mix.
    writeln!(io::stdout(), "{thread} {order} {amount}")
        .context("the parent is gone")
}

/// In the parent: the thread, the order and its amount. `None` if the line is not
/// what [`send`] wrote: 14 without a line end may be the beginning of 140.
pub fn result(line: &str) -> Option<(&str, usize, usize)> {
    let mut words = line.strip_suffix('\n')?.splitn(3, ' ');
    Some((
        words.next()?,
        words.next()?.parse().ok()?,
        words.next()?.parse().ok()?,
    ))
}

/// Runs this program again, with `args`, and calls `take` with every line that it
/// prints, until it ends or `take` fails.
pub fn run_again(
    args: [&str; 3],
    mut take: impl FnMut(&str) -> Result<()>,
) -> Result<()> {
    let mut child = Command::new(env::current_exe()?)
        .args(args)
        // The child's lifeline: nobody writes to it, and it ends when this process
        // does, however that happens.
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot start it")?;
    let lines = BufReader::new(child.stdout.take().expect("it is piped"));
    let taken = each_line(lines, &mut take);
    // It closes the lifeline first: a child that still works ends too.
    let ended = child.wait()?;
    taken.with_context(|| ended.to_string())?;
    ensure!(ended.success(), "{ended}");
    Ok(())
}

fn each_line(
    mut lines: impl BufRead,
    take: &mut impl FnMut(&str) -> Result<()>,
) -> Result<()> {
    let mut line = String::new();
    while lines.read_line(&mut line)? > 0 {
        take(&line)?;
        line.clear();
    }
    Ok(())
}

/// In the child: exits as soon as the parent has ended.
pub fn end_with_parent() {
    thread::spawn(|| {
        let _ = io::stdin().read(&mut [0]);
        process::exit(1);
    });
}
