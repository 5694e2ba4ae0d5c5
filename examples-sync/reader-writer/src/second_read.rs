//! Forces a writer to wait in the middle of a read.

use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use crate::prices::PriceList;

/// Calls `total` in a thread, and lets a writer wait in the middle of it. Returns
/// the result, or why there is none after `patience`.
pub fn total_while_a_writer_waits(
    total: fn(&PriceList, &dyn Fn()) -> u64,
    patience: Duration,
) -> String {
    let list = Arc::new(PriceList::new(vec![5, 7]));
    let (sender, receiver) = mpsc::channel();
    // Not in a scope: a scope would wait for its threads, and these may never end.
    thread::spawn(move || {
        shared::lane("reader");
        let sum = total(&list, &|| {
            let writers_list = Arc::clone(&list);
            thread::spawn(move || {
                shared::lane("writer");
                writers_list.raise(1, &|| ());
            });
            until_a_writer_waits(&list);
            sender.send(None).unwrap(); // no total yet
        });
        sender.send(Some(sum))
    });

    receiver.recv().unwrap(); // a writer waits
    match receiver.recv_timeout(patience) {
        Ok(result) => format!("{}", result.unwrap_or_default()),
        Err(RecvTimeoutError::Timeout) => "never, a deadlock".into(),
        Err(RecvTimeoutError::Disconnected) => "none, the thread panicked".into(),
    }
}

/// While a writer waits, no more readers get in. (On a system where they do, this
/// gives up after a while, and a second read gets in as well.)
fn until_a_writer_waits(list: &PriceList) {
    let deadline = Instant::now() + Duration::from_secs(10);
    while list.is_open_to_readers() && Instant::now() < deadline {
        thread::yield_now();
    }
}
