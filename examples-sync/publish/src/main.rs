//! A thread writes a size and then a flag: a thread that sees the flag should also
//! see the size.
//!
//! - Run it: `cargo run -p publish`
//! - Look for: the old size, and two lines that cannot tell a bug from its cure.
//! - Python: `publish.py`

mod hunt;
mod published;

use std::sync::{LazyLock, OnceLock};
use std::thread;
use std::time::Duration;

use published::{Published, Size};

/// Empty until main sets it.
static ONCE: OnceLock<Size> = OnceLock::new();
/// Measured by the first thread that reads it.
static LAZY: LazyLock<Size> = LazyLock::new(|| measure("lazy"));

fn main() {
    shared::tidy_output();
    let published = Published::default();
    published.publish_flag_first((640, 480), || {
        // Between the flag and the size, another thread reads.
        thread::scope(|scope| {
            scope.spawn(|| {
                let size = published.get().expect("the flag is set");
                println!("Flag first: the flag is set, and the size is {size:?}");
            });
        });
    });

    hunt::hunt(
        "Relaxed",
        Published::publish_relaxed,
        Published::get_relaxed,
    );
    hunt::hunt("Release and Acquire", Published::publish, Published::get);

    // What you use instead: both make the other threads wait for the value.
    thread::scope(|scope| {
        for reader in 1..=2 {
            scope.spawn(move || {
                shared::lane(format_args!("reader-{reader}"));
                shared::waiting("size");
                println!("[reader-{reader}] {:?}, {:?}", ONCE.wait(), *LAZY);
            });
        }
        ONCE.set(measure("main")).expect("only main sets it");
    });
}

fn measure(name: &str) -> Size {
    let _span = shared::span("measure");
    println!("[{name}] measures the size");
    thread::sleep(Duration::from_millis(20)); // your work
    (640, 480)
}
