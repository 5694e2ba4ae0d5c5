use std::fs::File;
use std::io::ErrorKind;
use std::thread;
use std::time::Duration;

use crate::channel::{Channel, MAX_LEN};
use crate::measure::conclusion;
use crate::memory::{self, Memory};

/// Both ends of a channel, as two processes have them.
fn pair(file: &File) -> [Memory; 2] {
    [0, 100].map(|spins| Memory::map(file, spins, || false).unwrap())
}

#[test]
fn what_one_sends_the_other_receives() {
    let file = memory::new_file().unwrap();
    let [mut ours, mut theirs] = pair(&file);
    thread::scope(|scope| {
        scope.spawn(move || {
            for len in [8, MAX_LEN, 16] {
                let mut message = vec![0; len];
                theirs.receive(&mut message).unwrap();
                message.reverse();
                theirs.send(&message).unwrap();
            }
            let end = theirs.receive(&mut [0; 8]).unwrap_err();
            assert_eq!(end.kind(), ErrorKind::UnexpectedEof);
        });
        for len in [8, MAX_LEN, 16] {
            let sent: Vec<u8> = (0..=255).cycle().take(len).collect();
            let mut message = sent.clone();
            ours.send(&message).unwrap();
            ours.receive(&mut message).unwrap();
            message.reverse();
            assert!(message == sent, "{len} bytes");
        }
        drop(ours);
    });
}

#[test]
fn the_other_side_is_gone() {
    let file = memory::new_file().unwrap();
    let mut alone = Memory::map(&file, 0, || true).unwrap();
    let error = alone.receive(&mut [0; 8]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnexpectedEof);
    let short = tempfile::tempfile().unwrap();
    short.set_len(8).unwrap();
    assert!(Memory::map(&short, 0, || false).is_err());
}

#[test]
fn conclusions_follow_from_the_figures() {
    let of = |times: [u64; 4]| conclusion(times.map(Duration::from_micros));
    let fastest = "tcp is fastest: pipe takes 2.0 times as long.";
    assert_eq!(of([20, 30, 10, 40]), fastest);
    assert_eq!(of([12, 30, 10, 40]), "About the same: tcp, pipe.");
}
