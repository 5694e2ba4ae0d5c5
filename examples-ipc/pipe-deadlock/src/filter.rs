//! A child that answers while it still reads: how you get stuck with it, and the
//! pattern that does not.

use std::io::{self, Read, Write};
use std::process::Child;
use std::sync::mpsc::Sender;
use std::thread;

use anyhow::{Context, Result, ensure};

const PIECE: usize = 8 * 1024; // bytes

/// The mistake: writes everything before it reads anything. Reports how many bytes
/// it has written.
pub fn write_then_read(
    mut stdin: impl Write,
    mut stdout: impl Read,
    input: &[u8],
    progress: &Sender<usize>,
) -> io::Result<Vec<u8>> {
    let mut written = 0;
    for piece in input.chunks(PIECE) {
        shared::waiting("room in the pipe");
        stdin.write_all(piece)?; // waits for the child, which may wait for us
        written += piece.len();
        progress.send(written).ok(); // the receiver may have given up
    }
    drop(stdin); // the child reads the end of its input
    let mut output = Vec::new();
    stdout.read_to_end(&mut output)?;
    Ok(output)
}

/// The cure: a thread writes, while this one reads. Waits for the end of the child,
/// whose input and output have to be piped. Fails if the child fails, or does not
/// read all of its input.
pub fn write_and_read(mut child: Child, input: &[u8]) -> Result<Vec<u8>> {
    let mut stdin = child.stdin.take().context("the input is not piped")?;
    child.stdout.as_ref().context("the output is not piped")?;

    thread::scope(|scope| {
        // The thread owns `stdin` and drops it at its end, which ends the input.
        let writer = scope.spawn(move || stdin.write_all(input));
        shared::waiting("output");
        let output = child.wait_with_output()?; // reads everything, and then waits
        ensure!(
            output.status.success(),
            "the child ended with {}",
            output.status
        );
        writer
            .join()
            .unwrap()
            .context("the child did not read all of its input")?;
        Ok(output.stdout)
    })
}

/// The child: passes its input on, as `cat` does.
pub fn echo(mut input: impl Read, mut output: impl Write) -> Result<()> {
    let mut piece = vec![0; PIECE];
    loop {
        shared::waiting("input");
        let length = input.read(&mut piece)?;
        if length == 0 {
            return Ok(());
        }
        shared::waiting("room in the pipe");
        output.write_all(&piece[..length])?;
        output.flush()?;
    }
}
