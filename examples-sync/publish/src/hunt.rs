//! Looks for sizes that are still old when their flag is already there.

use std::{hint, thread};

use crate::published::{Published, Size};

/// A thread publishes many sizes, and main reads each of them as soon as it sees
/// the flag. Prints how many of them were not what was published.
pub fn hunt(
    name: &str,
    publish: fn(&Published, Size),
    get: fn(&Published) -> Option<Size>,
) {
    let mut all = Vec::new();
    all.resize_with(100_000, Published::default);
    let mut old = 0;
    thread::scope(|scope| {
        scope.spawn(|| {
            for published in &all {
                publish(published, (640, 480));
            }
        });
        for published in &all {
            let mut size = get(published);
            while size.is_none() {
                hint::spin_loop();
                size = get(published);
            }
            old += u64::from(size != Some((640, 480)));
        }
    });
    let tries = all.len();
    let means = if old == 0 {
        ", which proves nothing"
    } else {
        ""
    };
    println!("{name}: {old} of {tries} sizes were old{means}");
}
