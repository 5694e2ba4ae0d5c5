//! bounded-buffer: each item is taken once, in order, and nobody waits for what is
//! there.

#[path = "../../../examples-sync/bounded-buffer/src/buffer.rs"]
pub mod buffer;

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex};
use std::thread::{Builder, scope};

use story::{Check, DEADLOCK, check};

use crate::{ensure, every_schedule};
use buffer::BoundedBuffer;

fn case(case: &'static str) -> Check {
    check("bounded-buffer", case).names(&["the buffer", "an item", "room"])
}

#[test]
fn two_items_through_room_for_one() {
    let case = case("two items through a buffer for one");
    let found = every_schedule(case, || {
        let buffer = BoundedBuffer::new(1);
        let taken = scope(|scope| {
            let producer = Builder::new().name("producer".into());
            let produce = || {
                buffer.put(1);
                buffer.put(2);
            };
            producer.spawn_scoped(scope, produce).unwrap();
            [buffer.take(), buffer.take()]
        });
        ensure(taken == [1, 2], || format!("{taken:?} were taken."))
    });
    case.holds("both are taken, in order", &found);
}

/// Two consumers need the only item, one after the other: a consumer that was woken
/// may find that the other has it, and waits again. Main puts it in, and is the
/// second consumer.
fn in_turns(
    put: impl Fn(u32) + Sync,
    take: impl Fn() -> Option<u32> + Sync,
) -> bool {
    scope(|scope| {
        let use_it = || take().map(&put).is_some();
        let consumer = Builder::new().name("consumer".into());
        let consumer = consumer.spawn_scoped(scope, use_it).unwrap();
        put(1);
        let main_had_it = use_it();
        consumer.join().unwrap() && main_had_it
    })
}

#[test]
fn with_the_loop_both_get_the_item() {
    let case = case("two consumers that need the same item");
    let found = every_schedule(case, || {
        let buffer = BoundedBuffer::new(1);
        let all_had_it = in_turns(|item| buffer.put(item), || Some(buffer.take()));
        ensure(all_had_it, || "One has no item.".into())
    });
    case.holds("one after the other gets it", &found);
}

#[test]
fn under_two_locks_a_notification_is_missed() {
    let case = case("a consumer that looks and waits under two locks");
    let found = every_schedule(case, || {
        let buffer = BoundedBuffer::new(1);
        scope(|scope| {
            let consumer = Builder::new().name("consumer".into());
            let consume = || buffer.take_with_two_locks(|| ());
            consumer.spawn_scoped(scope, consume).unwrap();
            buffer.put(1);
        });
        Ok(())
    });
    case.fails(DEADLOCK, &found);
}

/// `take` with an `if` in the place of the loop.
struct WithIf {
    items: Mutex<VecDeque<u32>>,
    not_empty: Condvar,
}

impl WithIf {
    fn put(&self, item: u32) {
        let mut items = self.items.lock().unwrap();
        items.push_back(item);
        self.not_empty.notify_one();
    }

    /// Returns `None` where the real one would panic.
    fn take(&self) -> Option<u32> {
        let mut items = self.items.lock().unwrap();
        if items.is_empty() {
            items = self.not_empty.wait(items).unwrap();
        }
        items.pop_front()
    }
}

#[test]
fn without_the_loop_a_consumer_finds_nothing() {
    let case = case("two consumers with an if");
    let found = every_schedule(case, || {
        let buffer = WithIf {
            items: Mutex::new(VecDeque::new()),
            not_empty: Condvar::new(),
        };
        let all_had_it = in_turns(|item| buffer.put(item), || buffer.take());
        ensure(all_had_it, || {
            "A consumer was woken, and found no item.".into()
        })
    });
    case.fails("A consumer was woken, and found no item.", &found);
}
