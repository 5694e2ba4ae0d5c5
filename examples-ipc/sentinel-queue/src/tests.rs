use std::cell::RefCell;
use std::io::{self, Read};
use std::thread;
use std::time::Duration;

use crossbeam_channel::{Receiver, bounded, unbounded};

use crate::connection::{Connection, Item};
use crate::queue;

const NUMBERS: [u32; 5] = [42, 7, 100, 1, 55];
/// What a consumer answers that gets all the numbers and then its sentinel.
const ANSWERS: &str = "42\n7\n100\n1\n55\nend\n";

/// A queue that holds all the numbers and these sentinels, and is closed.
fn closed_queue(sentinels: usize) -> Receiver<Item> {
    let (queue, items) = unbounded();
    for number in NUMBERS {
        queue.send(Some(number)).unwrap();
    }
    for _ in 0..sentinels {
        queue.send(None).unwrap();
    }
    items
}

/// Serves a consumer that answers this. Returns the items that it has confirmed,
/// and what it lost.
fn serve(
    answers: impl Read + Send + 'static,
    items: &Receiver<Item>,
) -> (Vec<Item>, Result<(), Item>) {
    let confirmed = RefCell::new(Vec::new());
    let consumer = Connection::new(answers, io::sink());
    let served =
        queue::serve(consumer, items, |item| confirmed.borrow_mut().push(item));
    (confirmed.into_inner(), served.map_err(|(lost, _)| lost))
}

fn all_numbers() -> Vec<Item> {
    NUMBERS.map(Some).to_vec()
}

#[test]
fn every_number_is_confirmed_in_order_and_then_the_sentinel() {
    let (confirmed, served) = serve(ANSWERS.as_bytes(), &closed_queue(1));
    assert_eq!(confirmed, [all_numbers(), vec![None]].concat());
    assert_eq!(served, Ok(()));
}

#[test]
fn a_closed_queue_sends_no_sentinel() {
    let (confirmed, served) = serve(ANSWERS.as_bytes(), &closed_queue(0));
    assert_eq!(confirmed, all_numbers());
    assert_eq!(served, Ok(()));
}

#[test]
fn a_sentinel_ends_one_consumer() {
    let items = closed_queue(3);
    assert_eq!(serve(ANSWERS.as_bytes(), &items).1, Ok(()));
    assert_eq!(serve(&b"end\n"[..], &items).0, [None]);
    assert_eq!(items.len(), 1);
}

#[test]
fn a_consumer_cut_at_any_byte_loses_the_item_that_it_had_and_no_other() {
    for length in 0..ANSWERS.len() {
        let items = closed_queue(1);
        let (confirmed, served) = serve(&ANSWERS.as_bytes()[..length], &items);
        let lost = served.expect_err("it was cut off");
        let left: Vec<Item> = items.iter().collect();
        let all = [confirmed, vec![lost], left].concat();
        assert_eq!(all, [all_numbers(), vec![None]].concat(), "cut at {length}");
        let done = ANSWERS[..length].matches('\n').count();
        assert_eq!(lost, [all_numbers(), vec![None]].concat()[done]);
    }
}

#[test]
fn an_answer_that_is_not_the_confirmation_is_an_error() {
    for answer in [
        "8\n",
        "end\n",
        "hello\n",
        "4 2\n",
        "-1\n",
        "4294967296\n",
        "\n",
    ] {
        let answers = format!("42\n{answer}100\n").leak();
        let (confirmed, served) = serve(answers.as_bytes(), &closed_queue(1));
        assert_eq!(confirmed, [Some(42)], "{answer}");
        assert_eq!(served, Err(Some(7)), "{answer}");
    }
}

#[test]
fn a_line_cut_at_any_byte_is_not_taken_for_a_whole_one() {
    for line in ["42\n", "end\n"] {
        for length in 0..line.len() {
            let mut connection =
                Connection::new(&line.as_bytes()[..length], io::sink());
            let error = connection.receive().unwrap_err().to_string();
            assert_eq!(error, "the other side is gone", "{line:?} cut at {length}");
        }
    }
}

#[test]
fn when_every_consumer_is_gone_the_parent_does_not_wait() {
    let (queue, items) = bounded(0);
    let producer = thread::spawn(move || {
        NUMBERS.map(|number| queue.send(Some(number)).is_ok())
    });
    let (confirmed, served) = serve(&b"42\n"[..], &items);
    assert_eq!((confirmed, served), (vec![Some(42)], Err(Some(7))));
    drop(items);
    assert_eq!(producer.join().unwrap(), [true, true, false, false, false]);
}

#[test]
fn while_no_consumer_is_free_no_number_is_taken() {
    let (queue, items) = bounded(0);
    let (silent, end_of_silence) = io::pipe().unwrap();
    let consumer = thread::spawn(move || serve(silent, &items));
    queue.send(Some(42)).unwrap();
    let second = queue.send_timeout(Some(7), Duration::from_millis(50));
    assert!(second.is_err());
    drop(end_of_silence);
    assert_eq!(consumer.join().unwrap(), (vec![], Err(Some(42))));
}
