//! A channel between two, be they threads or processes: a socket pair, or a pipe
//! each way where there are no socket pairs.

use std::io::{self, Read, Write};
use std::process::Stdio;

use system::{Input, Output};

/// One end.
pub struct End {
    pub input: Input,
    pub output: Output,
}

impl End {
    /// To be the standard input and output of a child.
    pub fn into_stdio(self) -> [Stdio; 2] {
        system::stdio(self.input, self.output)
    }

    /// Sends a number.
    pub fn tell(&mut self, number: u64) -> io::Result<()> {
        tell(&mut self.output, number)
    }

    /// Waits for a number.
    pub fn hear(&mut self) -> io::Result<u64> {
        hear(&mut self.input)
    }
}

/// Sends a number.
pub fn tell(output: &mut impl Write, number: u64) -> io::Result<()> {
    output.write_all(&number.to_le_bytes())?;
    output.flush() // standard output is buffered
}

/// Waits for a number.
pub fn hear(input: &mut impl Read) -> io::Result<u64> {
    let mut bytes = [0; 8];
    input.read_exact(&mut bytes)?;
    Ok(u64::from_le_bytes(bytes))
}

pub use system::pair;

#[cfg(unix)]
mod system {
    use std::io;
    use std::os::fd::OwnedFd;
    use std::os::unix::net::UnixStream;
    use std::process::Stdio;

    use super::End;

    pub type Input = UnixStream;
    pub type Output = UnixStream;

    /// Two ends of a new channel.
    pub fn pair() -> io::Result<[End; 2]> {
        let (one, other) = UnixStream::pair()?;
        Ok([
            End {
                input: one.try_clone()?,
                output: one,
            },
            End {
                input: other.try_clone()?,
                output: other,
            },
        ])
    }

    pub fn stdio(input: Input, output: Output) -> [Stdio; 2] {
        [input, output].map(|end| Stdio::from(OwnedFd::from(end)))
    }
}

#[cfg(not(unix))]
mod system {
    use std::io::{self, PipeReader, PipeWriter};
    use std::process::Stdio;

    use super::End;

    pub type Input = PipeReader;
    pub type Output = PipeWriter;

    /// Two ends of a new channel.
    pub fn pair() -> io::Result<[End; 2]> {
        let ((here, to_here), (there, to_there)) = (io::pipe()?, io::pipe()?);
        Ok([
            End {
                input: here,
                output: to_there,
            },
            End {
                input: there,
                output: to_here,
            },
        ])
    }

    pub fn stdio(input: Input, output: Output) -> [Stdio; 2] {
        [input.into(), output.into()]
    }
}
