use std::io::{BufReader, Write};

use crate::queue;

const PRODUCER: &str = "42\n7\n100\n1\n55\nend\n";
const CONSUMER: &str = "next\nnext\nnext\nnext\nnext\nnext\n";

/// What the consumer was given, how many items the producer was told are accepted,
/// and the numbers lost.
fn keep(producer: &str, consumer: &str) -> (String, usize, Vec<u32>) {
    let (mut to_producer, mut to_consumer) = (Vec::new(), Vec::new());
    let lost = queue::keep(
        (BufReader::new(producer.as_bytes()), &mut to_producer),
        (
            BufReader::new(consumer.as_bytes()),
            &mut to_consumer as &mut dyn Write,
        ),
    );
    let accepted = String::from_utf8(to_producer).unwrap();
    assert!(
        accepted.lines().all(|line| line == "accepted"),
        "{accepted}"
    );
    (
        String::from_utf8(to_consumer).unwrap(),
        accepted.lines().count(),
        lost,
    )
}

/// The whole lines of a cut text, without the sentinel.
fn numbers(text: &str) -> Vec<u32> {
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    whole
        .lines()
        .filter(|line| *line != "end")
        .map(|line| line.parse().unwrap())
        .collect()
}

#[test]
fn everything_arrives_in_order() {
    assert_eq!(keep(PRODUCER, CONSUMER), (PRODUCER.to_owned(), 6, vec![]));
}

#[test]
fn a_producer_cut_at_any_byte_loses_nothing_that_was_accepted() {
    for length in 0..PRODUCER.len() {
        let (given, _, lost) =
            keep(&PRODUCER[..length], &format!("{CONSUMER}next\n"));
        assert_eq!(
            numbers(&given),
            numbers(&PRODUCER[..length]),
            "cut at {length}"
        );
        assert_eq!(lost, [], "cut at {length}");
    }
}

#[test]
fn a_consumer_cut_at_any_byte_leaves_every_accepted_number_consumed_or_lost() {
    for length in 0..CONSUMER.len() {
        let (given, accepted, lost) = keep(PRODUCER, &CONSUMER[..length]);
        // Each question but the first says that the number before it is consumed.
        let consumed = CONSUMER[..length].matches('\n').count().saturating_sub(1);
        let mut all =
            numbers(&given)[..consumed.min(numbers(&given).len())].to_vec();
        all.extend(lost);
        assert_eq!(all, numbers(PRODUCER)[..accepted.min(5)], "cut at {length}");
    }
}

#[test]
fn a_foreign_line_is_not_taken_for_a_number() {
    for foreign in ["4 2\n", "-1\n", "\n", "4294967296\n", "hello\n"] {
        let (given, accepted, lost) = keep(&format!("5\n{foreign}6\n"), CONSUMER);
        assert_eq!(
            (given.as_str(), accepted, lost),
            ("5\n", 1, vec![]),
            "{foreign}"
        );
    }
}

#[test]
fn a_foreign_line_is_not_taken_for_a_request() {
    let (given, accepted, lost) = keep(PRODUCER, "next\nhello\nnext\nnext\n");
    assert_eq!(given, "42\n");
    assert_eq!(lost, numbers(PRODUCER)[..accepted.min(5)]);
}
