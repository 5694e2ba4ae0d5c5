use std::io::Cursor;
use std::process::Command;
use std::sync::mpsc;
use std::time::Duration;
use std::{io, thread};

use crate::{bytes, message};

fn sent(messages: &[&[u8]]) -> Vec<u8> {
    let mut sent = Vec::new();
    for message in messages {
        message::send(&mut sent, message).unwrap();
    }
    sent
}

#[test]
fn messages_arrive_one_by_one_and_then_the_end() {
    let messages: [&[u8]; 4] = [b"one", b"", &bytes(100_000), b"last"];
    let mut from = Cursor::new(sent(&messages));
    for message in messages {
        assert_eq!(message::receive(&mut from).unwrap().unwrap(), message);
    }
    assert_eq!(message::receive(&mut from).unwrap(), None);
}

#[test]
fn a_message_cut_at_any_byte_is_not_taken_for_a_whole_one() {
    let sent = sent(&[b"a whole one", b"the one that is cut"]);
    let first = 8 + "a whole one".len();
    for length in 0..sent.len() {
        let mut from = &sent[..length];
        let mut received = Vec::new();
        let end = loop {
            match message::receive(&mut from) {
                Ok(Some(message)) => received.push(message),
                end => break end,
            }
        };
        let whole = usize::from(length >= first);
        assert_eq!(received.len(), whole, "cut at {length}");
        let between = [0, first].contains(&length);
        assert_eq!(end.is_ok(), between, "cut at {length}");
    }
}

#[test]
fn a_cut_message_says_how_much_came() {
    let sent = sent(&[&bytes(1000)]);
    let error = message::receive(&mut &sent[..500]).unwrap_err();
    assert_eq!(error.to_string(), "cut off after 492 of 1000 bytes");
    let error = message::receive(&mut &sent[..5]).unwrap_err();
    assert_eq!(error.to_string(), "cut off in its length");
}

#[test]
fn a_wrong_length_is_refused_or_takes_no_memory() {
    for length in [message::MAX_LEN + 1, u64::MAX] {
        let error = message::receive(&mut &length.to_le_bytes()[..]).unwrap_err();
        assert!(error.to_string().contains("too long"), "{error}");
    }
    let mut from = message::MAX_LEN.to_le_bytes().to_vec();
    from.extend(b"few");
    let error = message::receive(&mut &from[..]).unwrap_err();
    assert!(
        error.to_string().starts_with("cut off after 3 of"),
        "{error}"
    );
}

/// Nothing, one byte, less and more than a pipe holds, and far more.
const SIZES: [usize; 6] = [0, 1, 8192, 65536, 1 << 18, 1 << 26];

#[test]
fn a_message_of_any_size_passes_through_a_pipe() {
    for size in SIZES {
        let (mut reader, writer) = io::pipe().unwrap();
        let sender = thread::spawn(move || message::send(writer, &bytes(size)));
        let received = message::receive(&mut reader).unwrap().unwrap();
        assert!(received == bytes(size), "{size} bytes");
        assert_eq!(message::receive(&mut reader).unwrap(), None);
        sender.join().unwrap().unwrap();
    }
}

#[test]
fn a_message_to_a_reader_that_is_gone_is_an_error() {
    let (reader, writer) = io::pipe().unwrap();
    drop(reader);
    let error = message::send(writer, b"a message").unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
}

/// Runs it on a thread, and fails if it hangs.
fn in_time<R: Send + 'static>(run: impl FnOnce() -> R + Send + 'static) -> R {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || sender.send(run()));
    receiver
        .recv_timeout(Duration::from_secs(30))
        .expect("it hangs")
}

#[cfg(unix)]
mod with_children {
    use std::os::unix::net::UnixStream;

    use super::*;
    use crate::{both_ways, echo, one_way};

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    /// Receives from a shell that runs this, and returns the error.
    fn error_one_way(script: &'static str) -> String {
        let error = in_time(|| one_way(shell(script))).unwrap_err();
        format!("{error:#}")
    }

    fn error_both_ways(script: &'static str) -> String {
        let asked = in_time(|| both_ways(shell(script), &bytes(100)));
        format!("{:#}", asked.unwrap_err())
    }

    #[test]
    fn a_message_of_any_size_comes_back() {
        for size in SIZES {
            let (mut ours, theirs) = UnixStream::pair().unwrap();
            let child = thread::spawn(|| echo(theirs));
            for _ in 0..2 {
                message::send(&mut ours, &bytes(size)).unwrap();
                let answer = message::receive(&mut ours).unwrap().unwrap();
                assert!(answer == bytes(size), "{size} bytes");
            }
            drop(ours);
            child.join().unwrap().unwrap();
        }
    }

    #[test]
    fn a_child_that_sends_nothing_is_an_error() {
        let error = error_one_way("exit 3");
        assert_eq!(
            error,
            "the child ended with exit status: 3: no message came"
        );
        let error = error_both_ways("head -c 108 >/dev/null");
        assert_eq!(
            error,
            "the child ended with exit status: 0: no message came"
        );
    }

    #[test]
    fn a_child_that_is_killed_in_the_middle_is_an_error() {
        let killed = "the child ended with signal: 9 (SIGKILL): cut off ";
        let error = error_one_way(r"printf '\10\0\0\0\0\0\0\0abc'; kill -9 $$");
        assert_eq!(error, format!("{killed}after 3 of 8 bytes"));
        let error = error_one_way("printf abc; kill -9 $$");
        assert_eq!(error, format!("{killed}in its length"));
        let error = error_both_ways(
            r"head -c 108 >/dev/null
            printf '\10\0\0\0\0\0\0\0abc' >&0; kill -9 $$",
        );
        assert_eq!(error, format!("{killed}after 3 of 8 bytes"));
    }

    #[test]
    fn while_the_command_is_kept_the_pipe_does_not_end() {
        let (reader, writer) = io::pipe().unwrap();
        let mut command = shell("exit 0");
        assert!(command.stdout(writer).status().unwrap().success());
        let (sender, end) = mpsc::channel();
        thread::spawn(move || sender.send(message::receive(reader).unwrap()));
        assert!(end.recv_timeout(Duration::from_millis(50)).is_err());
        drop(command);
        assert_eq!(end.recv_timeout(Duration::from_secs(30)), Ok(None));
    }

    /// It would write forever if the parent waited without closing the pipe.
    #[test]
    fn a_child_that_never_stops_writing_ends_too() {
        let error = error_one_way("exec yes");
        let refused = "bytes are too long for a message";
        assert!(error.ends_with(refused), "{error}");
    }

    /// It waits for the parent to close the connection.
    #[test]
    fn a_child_that_waits_for_the_end_ends_too() {
        let script = r"head -c 108 >/dev/null; printf '\1\0\0\0\0\0\0\0x' >&0; cat";
        let answer = in_time(|| both_ways(shell(script), &bytes(100)));
        assert_eq!(answer.unwrap(), b"x");
    }
}
