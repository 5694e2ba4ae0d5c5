use std::io::Cursor;

use crate::{bytes, input, message};

fn sent(messages: &[&[u8]]) -> Vec<u8> {
    let mut sent = Vec::new();
    for message in messages {
        message::send(&mut sent, message).unwrap();
    }
    sent
}

#[test]
fn messages_arrive_one_by_one_and_then_the_end() {
    let messages: [&[u8]; 4] = [b"one", b"", &input(100_000), b"last"];
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
    let sent = sent(&[&input(1000)]);
    let error = message::receive(&mut &sent[..500]).unwrap_err();
    assert_eq!(error.to_string(), "cut off after 492 of 1000 bytes");
    let error = message::receive(&mut &sent[..5]).unwrap_err();
    assert_eq!(error.to_string(), "cut off in its length");
}

#[test]
fn a_wrong_length_is_refused_or_takes_no_memory() {
    for length in [message::LONGEST + 1, u64::MAX] {
        let error = message::receive(&mut &length.to_le_bytes()[..]).unwrap_err();
        assert!(error.to_string().contains("too long"), "{error}");
    }
    let mut from = message::LONGEST.to_le_bytes().to_vec();
    from.extend(b"few");
    let error = message::receive(&mut &from[..]).unwrap_err();
    assert!(
        error.to_string().starts_with("cut off after 3 of"),
        "{error}"
    );
}

#[test]
fn sizes() {
    for (size, expected) in [
        ("0", Some(0)),
        ("100000", Some(100_000)),
        ("1MiB", Some(1_048_576)),
        ("256MiB", Some(268_435_456)),
        ("268435457", None),
        ("257MiB", None),
        ("18446744073709551615MiB", None),
        ("1 MiB", None),
        ("MiB", None),
        ("", None),
        ("-1", None),
    ] {
        assert_eq!(bytes(size), expected, "{size}");
    }
}

#[test]
fn the_input_is_as_long_as_asked() {
    for size in [0, 1, 250, 251, 252, 1_048_576] {
        let input = input(size);
        assert_eq!(input.len(), size);
        assert!(
            (0..size)
                .step_by(97)
                .all(|at| usize::from(input[at]) == at % 251)
        );
    }
}
