//! A child that answers while it still reads: how to get stuck with it, and the
//! pattern that does not.

use std::io::{self, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout};
use std::thread;

use anyhow::{Context, Result, ensure};

const PIECE: usize = 8 * 1024; // bytes

/// The mistake: everything is written before anything is read. Calls `wrote` with
/// the number of bytes after each piece.
pub fn write_then_read(
    (mut to_child, mut from_child): (ChildStdin, ChildStdout),
    input: &[u8],
    mut wrote: impl FnMut(usize) -> io::Result<()>,
) -> io::Result<Vec<u8>> {
    let mut written = 0;
    for piece in input.chunks(PIECE) {
        shared::waiting("room in the pipe");
        to_child.write_all(piece)?; // waits for the child, and the child for us
        written += piece.len();
        wrote(written)?;
    }
    drop(to_child); // the end of the input
    let mut output = Vec::new();
    from_child.read_to_end(&mut output)?;
    Ok(output)
}

/// The cure: a thread writes, and this one reads meanwhile. Waits for the end of
/// the child, which must have its standard input and output piped. Fails when the
/// child does, and when it does not read all of its input.
pub fn write_and_read(mut child: Child, input: &[u8]) -> Result<Vec<u8>> {
    let mut to_child = child.stdin.take().expect("the input is piped");
    let (written, ended) = thread::scope(|scope| {
        // Moved into the thread, and dropped there: that is the end of the input.
        let writer = scope.spawn(move || to_child.write_all(input));
        shared::waiting("output");
        let ended = child.wait_with_output(); // reads all, then waits
        (writer.join().unwrap(), ended)
    });
    let ended = ended.context("cannot read from the child")?;
    ensure!(
        ended.status.success(),
        "the child ended with {}",
        ended.status
    );
    written.context("the child did not read its input")?;
    Ok(ended.stdout)
}

/// The child: passes on its input, piece by piece.
pub fn echo() -> Result<()> {
    let (mut input, mut output) = (io::stdin().lock(), io::stdout().lock());
    let mut piece = vec![0; PIECE];
    loop {
        shared::waiting("input");
        let length = input.read(&mut piece).context("cannot read")?;
        if length == 0 {
            return Ok(());
        }
        shared::waiting("room in the pipe");
        output
            .write_all(&piece[..length])
            .and_then(|()| output.flush())
            .context("cannot pass on what was read")?;
    }
}
