use std::io::{self, Write};
use std::thread;

use crate::children;
use crate::queue::{self, Item, Items};

const NUMBERS: [u32; 5] = [42, 7, 100, 1, 55];
const CONSUMER: &str = "next\nnext\nnext\nnext\nnext\nnext\n";

/// A queue that holds all of these, and is closed.
fn closed_queue(numbers: &[u32], sentinels: usize) -> Items {
    let (sender, items) = queue::queue();
    let put = numbers.iter().copied().map(Some);
    let put: Vec<Item> = put.chain([None].repeat(sentinels)).collect();
    // It holds less: somebody must put while another takes.
    thread::spawn(move || put.into_iter().try_for_each(|i| sender.send(i)));
    items
}

/// What a consumer that sends `requests` was given, and what it has consumed.
fn serve(requests: &str, items: &Items) -> (String, Vec<u32>) {
    let mut answers = Vec::new();
    let consumed = queue::serve(requests.as_bytes(), &mut answers, items.clone());
    (String::from_utf8(answers).unwrap(), consumed)
}

/// The numbers that are left.
fn rest(items: &Items) -> Vec<u32> {
    items.lock().unwrap().by_ref().flatten().collect()
}

#[test]
fn everything_arrives_in_order_and_then_the_sentinel() {
    let items = closed_queue(&NUMBERS, 1);
    let (given, consumed) = serve(CONSUMER, &items);
    assert_eq!(given, "42\n7\n100\n1\n55\nend\n");
    assert_eq!(consumed, NUMBERS);
}

#[test]
fn without_a_sentinel_nothing_looks_like_one() {
    let items = closed_queue(&NUMBERS, 0);
    let (given, consumed) = serve(CONSUMER, &items);
    assert_eq!(given, "42\n7\n100\n1\n55\n");
    assert_eq!(consumed, NUMBERS);
}

#[test]
fn a_sentinel_ends_one_consumer() {
    let items = closed_queue(&NUMBERS, 2);
    let (first, _) = serve("next\nnext\n", &items);
    let (second, _) = serve("next\nnext\nnext\nnext\n", &items);
    let (third, _) = serve("next\n", &items);
    let (fourth, _) = serve("next\n", &items);
    assert_eq!(
        [&*first, &*second, &*third, &*fourth],
        ["42\n7\n", "100\n1\n55\nend\n", "end\n", ""]
    );
}

#[test]
fn a_consumer_cut_at_any_byte_loses_at_most_what_it_has_in_its_hand() {
    for length in 0..CONSUMER.len() {
        let items = closed_queue(&NUMBERS, 1);
        let (given, mut all) = serve(&CONSUMER[..length], &items);
        let asked = CONSUMER[..length].matches('\n').count();
        assert_eq!(given.lines().count(), asked, "cut at {length}");
        // Each question but the first says that the number before it is consumed.
        assert_eq!(all.len(), asked.saturating_sub(1), "cut at {length}");
        all.extend(
            given
                .lines()
                .last()
                .map(|last| last.parse::<u32>().unwrap()),
        );
        all.extend(rest(&items));
        assert_eq!(all, NUMBERS, "cut at {length}");
    }
}

/// A pipe whose reader is gone.
struct Nobody;

impl Write for Nobody {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn what_a_dead_consumer_did_not_take_is_there_for_another() {
    let items = closed_queue(&NUMBERS, 1);
    assert_eq!(queue::serve("next\n".as_bytes(), Nobody, items.clone()), []);
    assert_eq!(serve(CONSUMER, &items).1, NUMBERS);
}

#[test]
fn one_of_two_equal_numbers_can_be_lost() {
    assert_eq!(children::lost(vec![4, 5, 5, 6, 5], vec![5, 6, 5]), [4, 5]);
    assert_eq!(children::lost(vec![5, 4], vec![4, 5]), [0; 0]);
}

#[test]
fn a_foreign_line_is_not_taken_for_a_request() {
    let items = closed_queue(&NUMBERS, 1);
    let (given, consumed) = serve("next\nhello\nnext\n", &items);
    assert_eq!((&*given, &consumed[..]), ("42\n", &[][..]));
}

#[test]
fn an_answer_cut_at_any_byte_is_not_taken_for_a_whole_one() {
    for answer in ["42\n", "end\n"] {
        for length in 0..answer.len() {
            let line = queue::next_line(&mut &answer.as_bytes()[..length]).unwrap();
            assert_eq!(line, None, "{answer:?} cut at {length}");
        }
    }
    let item = |line| queue::item(line);
    assert_eq!((item("42"), item("end")), (Some(Some(42)), Some(None)));
    for foreign in ["4 2", "-1", "", "4294967296", "End"] {
        assert_eq!(item(foreign), None, "{foreign}");
    }
}

#[test]
fn with_the_last_who_serves_a_full_queue_ends() {
    let (sender, items) = queue::queue();
    let put = move || (0..1000).find(|&number| sender.send(Some(number)).is_err());
    let producer = thread::spawn(put);
    let consumed = queue::serve("next\nnext\n".as_bytes(), Vec::new(), items);
    assert_eq!(consumed, [0]);
    assert!(producer.join().unwrap().is_some());
}
