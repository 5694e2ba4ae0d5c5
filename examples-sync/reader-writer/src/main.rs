//! Two readers share a price list, a writer has it alone, and a reader that reads
//! twice waits forever. A table shows when all this is faster than a `Mutex`.
//!
//! - Run it: `cargo run -p reader-writer` (with `--release` for good figures)
//! - Look for: the deadlock, and the last line, which follows from the table.
//! - Python: `reader_writer.py`

mod measure;
mod prices;
mod second_read;

use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use prices::PriceList;
use second_read::total_while_a_writer_waits;

const WORK_TIME: Duration = Duration::from_millis(20);

fn main() {
    shared::tidy_output();
    two_readers_and_a_writer();

    let total = total_while_a_writer_waits(PriceList::total, Duration::MAX);
    println!("Total with one read: {total}");
    // This one never ends, so it is enough to wait for a moment.
    let no_total =
        total_while_a_writer_waits(PriceList::total_with_second_read, WORK_TIME);
    println!("Total with a second read: {no_total}");

    let _span = shared::span("measure");
    measure::print_table();
}

fn two_readers_and_a_writer() {
    let list = PriceList::new(vec![5, 7]);
    let both_read = Barrier::new(3); // the two readers, and the writer
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                shared::lane("reader");
                list.total(&|| {
                    both_read.wait();
                    thread::sleep(WORK_TIME); // your work
                })
            });
        }

        both_read.wait();
        println!("Two readers read at the same time.");
        list.raise(1, &|| {
            let open = list.is_open_to_readers();
            println!("A writer writes. Does a reader get in? {open}");
            thread::sleep(WORK_TIME); // your work
        });
    });
}
