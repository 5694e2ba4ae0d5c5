use std::io::{self, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::filter;

fn input(size: usize) -> Vec<u8> {
    b"hello world".repeat(size / 11 + 1)[..size].to_vec()
}

/// Makes the mistake with real pipes to a thread that runs `echo`. Returns how many
/// bytes were written when it got stuck, if it did. Frees the two afterwards, and
/// checks that what was stuck was complete.
fn stuck_after(size: usize) -> Option<usize> {
    let (from_parent, to_child) = io::pipe().unwrap();
    let (from_child, to_parent) = io::pipe().unwrap();
    let mut freed = from_child.try_clone().unwrap();
    let (progress, written) = mpsc::channel();
    let echo = thread::spawn(|| filter::echo(from_parent, to_parent));
    let parent = thread::spawn(move || {
        filter::write_then_read(to_child, from_child, &input(size), &progress)
    });

    let stuck = crate::watch(&written);
    let mut output = Vec::new();
    if stuck.is_some() {
        freed.read_to_end(&mut output).unwrap(); // both can write again
    }
    output.extend(parent.join().unwrap().unwrap());
    echo.join().unwrap().unwrap();
    // Once they are free, both read from the same pipe, in any order.
    assert_eq!(output.len(), size);
    if stuck.is_none() {
        assert!(output == input(size));
    }
    stuck
}

#[test]
fn what_two_pipes_hold_passes() {
    for size in [0, 1, 8192] {
        assert_eq!(stuck_after(size), None, "{size} bytes");
    }
}

#[test]
fn more_than_two_pipes_hold_gets_stuck() {
    for size in [1 << 18, 1 << 26] {
        assert!(stuck_after(size).is_some(), "{size} bytes");
    }
}

/// Two pipes of 64 KiB, and the 8 KiB that `echo` holds.
#[cfg(target_os = "linux")]
#[test]
fn on_linux_one_byte_makes_the_difference() {
    assert_eq!(stuck_after(139_264), None);
    assert_eq!(stuck_after(139_265), Some(139_264));
}

#[cfg(unix)]
mod with_children {
    use super::*;

    fn shell(script: &str) -> Child {
        Command::new("sh")
            .args(["-c", script])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap()
    }

    /// Runs the cure on a thread, and fails if it hangs.
    fn write_and_read(
        script: &'static str,
        size: usize,
    ) -> anyhow::Result<Vec<u8>> {
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || {
            sender.send(filter::write_and_read(shell(script), &input(size)))
        });
        receiver
            .recv_timeout(Duration::from_secs(60))
            .expect("it hangs")
    }

    #[test]
    fn with_the_cure_every_size_comes_back() {
        for size in [0, 1, 8192, 139_265, 1 << 18, 1 << 26] {
            let output = write_and_read("exec cat", size).unwrap();
            assert!(output == input(size), "{size} bytes");
        }
    }

    #[test]
    fn a_child_that_does_not_read_everything_is_an_error() {
        let error = write_and_read("exec head -c 10", 1 << 20).unwrap_err();
        let said = "the child did not read all of its input: Broken pipe";
        assert!(format!("{error:#}").starts_with(said), "{error:#}");
    }

    #[test]
    fn a_child_that_fails_is_an_error() {
        for (script, end) in [
            ("cat; exit 3", "exit status: 3"),
            ("kill -9 $$", "signal: 9 (SIGKILL)"),
            (
                "head -c 100000 >/dev/null; kill -9 $$",
                "signal: 9 (SIGKILL)",
            ),
        ] {
            let error = write_and_read(script, 1 << 20).unwrap_err();
            assert_eq!(error.to_string(), format!("the child ended with {end}"));
        }
    }
}
