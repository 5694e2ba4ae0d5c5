//! One worker process and the channel to it, seen from both ends.

use std::ffi::OsStr;
use std::io::{self, BufReader, ErrorKind, Read, Write};
use std::process::{self, Child, Command, ExitStatus};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use std::{env, thread};

use serde::{Serialize, de::DeserializeOwned};

use channel::Channel;

/// No more bytes than these travel at once: the jobs of a chunk, or their results.
pub const MAX_FRAME: usize = 64 << 20;

/// How often one who waits looks up: a time-out, the drop of the pool and the end
/// of the parent are noticed this late at most.
pub const TICK: Duration = Duration::from_millis(100);

/// The first argument of a worker. The second is the process id of its parent.
const ROLE: &str = "--pool-worker";

/// An empty frame.
const READY: [u8; 4] = [0; 4];

/// Nothing was read or written, and nothing has failed.
const AGAIN: [ErrorKind; 2] = [ErrorKind::WouldBlock, ErrorKind::Interrupted];

/// A worker, seen from its pool.
pub struct Worker {
    child: Child,
    channel: Channel,
    stop: Arc<AtomicBool>,
    deadline: Option<Instant>,
}

impl Worker {
    /// Starts a worker and waits until it is ready, unless `stop` is set.
    pub fn start(stop: &Arc<AtomicBool>) -> io::Result<Worker> {
        if stop.load(Ordering::Relaxed) {
            return Err(dropped());
        }
        let mut program = env::current_exe()?;
        if !program.exists() {
            // Replaced since. On Linux this is still what runs here.
            program = "/proc/self/exe".into();
        }
        let mut command = Command::new(program);
        command.arg(ROLE).arg(process::id().to_string());
        let (child, channel) = channel::start(command)?;
        let mut worker = Worker {
            child,
            channel,
            stop: stop.clone(),
            deadline: None,
        };
        if receive::<()>(&mut worker).is_err() {
            let end = worker.end()?;
            return Err(io::Error::other(format!("a new worker ended with {end}")));
        }
        Ok(worker)
    }

    /// Sends a question, and waits for the answer, not longer than `timeout`.
    pub fn ask<Q: Serialize + ?Sized, A: DeserializeOwned>(
        &mut self,
        question: &Q,
        timeout: Option<Duration>,
    ) -> io::Result<A> {
        self.deadline = timeout.and_then(|time| Instant::now().checked_add(time));
        send(&mut *self, &frame(question)?)?;
        let mut from = BufReader::new(self);
        let answer: Result<A, String> = receive(&mut from)?;
        if !from.buffer().is_empty() {
            return Err(unreadable("bytes are left over"));
        }
        answer.map_err(|why| io::Error::new(ErrorKind::InvalidData, why))
    }

    /// Whether it has not ended.
    pub fn is_alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Kills it, unless it has ended by itself.
    pub fn end(&mut self) -> io::Result<ExitStatus> {
        // An error if others have waited for it: its id may be another's by now.
        self.child.try_wait()?;
        self.child.kill()?;
        self.child.wait()
    }

    /// Reads or writes, as soon as that is possible. Looks up before, and every
    /// [`TICK`].
    fn wait<T>(
        &mut self,
        mut act: impl FnMut(&mut Channel) -> io::Result<T>,
    ) -> io::Result<T> {
        let mut ended = false;
        loop {
            if self.stop.load(Ordering::Relaxed) {
                return Err(dropped());
            }
            if self
                .deadline
                .is_some_and(|deadline| deadline <= Instant::now())
            {
                return Err(ErrorKind::TimedOut.into());
            }
            match act(&mut self.channel) {
                Err(error) if AGAIN.contains(&error.kind()) => {}
                done => return done,
            }
            // A program that a job has started may hold the channel open, so there
            // is no end of file. What the worker sent before its end is read first:
            // it gets one more turn.
            if ended {
                return Err(ErrorKind::UnexpectedEof.into());
            }
            ended = !self.is_alive();
        }
    }
}

impl Read for Worker {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.wait(|channel| channel.read(buffer))
    }
}

impl Write for Worker {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.wait(|channel| channel.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        channel::close(&mut self.channel);
        let _ = self.end();
    }
}

/// The pool, seen from a worker.
pub struct Parent(BufReader<Channel>);

impl Parent {
    /// `None` if this process is no worker.
    pub fn of_this_process() -> Option<Parent> {
        let mut args = env::args_os().skip(1);
        if args.next().as_deref() != Some(OsStr::new(ROLE)) {
            return None;
        }
        let parent = args.next().and_then(|id| id.to_str()?.parse().ok());
        let parent = parent.unwrap_or(0); // nobody's child: it ends
        thread::spawn(move || {
            while channel::is_child_of(parent) {
                thread::sleep(TICK);
            }
            process::exit(1);
        });
        let channel = channel::to_parent().expect("it has a standard input");
        Some(Parent(BufReader::new(channel)))
    }

    /// Answers questions until the pool is gone, or something cannot be sent.
    pub fn serve<Q: DeserializeOwned, A: Serialize>(
        &mut self,
        mut answer: impl FnMut(Q) -> A,
    ) {
        let mut done = send(self.0.get_mut(), &READY);
        while done.is_ok() {
            done = receive(&mut self.0).and_then(|question| {
                // The answer is dropped before it is sent: if that is a crash, it
                // is this question's.
                let frame = frame(&Ok::<A, String>(answer(question)))?;
                send(self.0.get_mut(), &frame)
            });
        }
        // The pool shall know why, if it is still there.
        let why = done.map_err(|error| error.to_string());
        let _ = frame(&why).map(|frame| send(self.0.get_mut(), &frame));
    }
}

/// Four bytes that say how long a value is, and the value.
fn frame<T: Serialize + ?Sized>(value: &T) -> io::Result<Vec<u8>> {
    let frame = postcard::to_extend(value, vec![0; 4]);
    let mut frame = frame.map_err(|error| unsendable(&error.to_string()))?;
    let length = frame.len() - 4;
    if length > MAX_FRAME {
        return Err(unsendable(&too_long(length)));
    }
    frame[..4].copy_from_slice(&length.to_le_bytes()[..4]);
    Ok(frame)
}

fn send(mut to: impl Write, frame: &[u8]) -> io::Result<()> {
    to.write_all(frame)?;
    to.flush()
}

/// Receives a frame, and returns its value.
fn receive<T: DeserializeOwned>(mut from: impl Read) -> io::Result<T> {
    let mut length = [0; 4];
    from.read_exact(&mut length)?;
    let length = u32::from_le_bytes(length) as usize;
    if length > MAX_FRAME {
        return Err(unreadable(&too_long(length)));
    }
    let mut frame = vec![0; length];
    from.read_exact(&mut frame)?;
    match postcard::take_from_bytes(&frame) {
        Ok((value, [])) => Ok(value),
        Ok(_) => Err(unreadable("bytes are left over")),
        Err(error) => Err(unreadable(&error.to_string())),
    }
}

fn too_long(length: usize) -> String {
    format!("{length} bytes, and {MAX_FRAME} at most")
}

fn dropped() -> io::Error {
    io::Error::new(ErrorKind::ConnectionAborted, "the pool was dropped")
}

fn unsendable(why: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, format!("cannot be sent: {why}"))
}

fn unreadable(why: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, format!("cannot be read: {why}"))
}

/// A socket pair: one end is the worker's standard input, for both directions. So
/// its output is free for `println!`.
#[cfg(unix)]
mod channel {
    use std::io::{self, Read};
    use std::net::Shutdown;
    use std::os::fd::{AsFd, OwnedFd};
    use std::os::unix::net::UnixStream;
    use std::os::unix::process::parent_id;
    use std::process::{Child, Command};

    pub type Channel = UnixStream;

    pub fn start(mut command: Command) -> io::Result<(Child, Channel)> {
        let (ours, theirs) = UnixStream::pair()?;
        ours.set_read_timeout(Some(super::TICK))?;
        ours.set_write_timeout(Some(super::TICK))?;
        Ok((command.stdin(OwnedFd::from(theirs)).spawn()?, ours))
    }

    pub fn to_parent() -> io::Result<Channel> {
        Ok(io::stdin().as_fd().try_clone_to_owned()?.into())
    }

    /// Lets an idle worker end, and waits for it, for a moment.
    pub fn close(channel: &mut Channel) {
        let _ = channel.shutdown(Shutdown::Write);
        let _ = channel.read(&mut [0]);
    }

    pub fn is_child_of(parent: u32) -> bool {
        parent_id() == parent
    }
}

/// Pipes, where there are no socket pairs: a job must not print, a time-out cannot
/// be noticed, and a busy worker outlives its pool until its job is done.
#[cfg(not(unix))]
mod channel {
    use std::io::{self, Read, Write};
    use std::process::{Child, Command, Stdio};

    pub struct Channel {
        input: Box<dyn Read + Send>,
        output: Box<dyn Write + Send>,
    }

    pub fn start(mut command: Command) -> io::Result<(Child, Channel)> {
        let command = command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn()?;
        let input = Box::new(child.stdout.take().expect("it is piped"));
        let output = Box::new(child.stdin.take().expect("it is piped"));
        Ok((child, Channel { input, output }))
    }

    pub fn to_parent() -> io::Result<Channel> {
        let (input, output) = (Box::new(io::stdin()), Box::new(io::stdout()));
        Ok(Channel { input, output })
    }

    pub fn close(channel: &mut Channel) {
        channel.output = Box::new(io::sink());
        let _ = channel.input.read(&mut [0]);
    }

    pub fn is_child_of(_: u32) -> bool {
        true // there is no way to know
    }

    impl Read for Channel {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.input.read(buffer)
        }
    }

    impl Write for Channel {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.output.write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            self.output.flush()
        }
    }
}
