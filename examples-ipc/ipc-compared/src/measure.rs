//! Times all ways in turn, and compares them.

use std::time::{Duration, Instant};

use anyhow::Result;

use crate::DEBUG;
use crate::channel::{Echo, MAX_LEN, WAYS};
use crate::machine::{self, Cores};

/// How long each row of the table is measured.
const TIME: Duration = Duration::from_millis(if DEBUG { 250 } else { 2_000 });

/// Measures all ways in turn, so that what disturbs one also disturbs the others.
pub fn measure(len: usize, batch: u32, cores: Cores) -> Result<[Duration; 4]> {
    assert!(
        len <= MAX_LEN && len.is_multiple_of(8),
        "shared memory holds whole words"
    );
    let _span = shared::span(format_args!("{len} bytes, {}", cores.name));
    machine::stay_on(cores.theirs);
    // On one core, the other side cannot answer while this one looks.
    let spins = if cores.ours == cores.theirs { 0 } else { 1_000 };
    let mut sides = Vec::new();
    for way in WAYS {
        sides.push((Echo::start(way, len, spins)?, Vec::new()));
    }
    machine::stay_on(cores.ours);

    let mut message = vec![1; len];
    let start = Instant::now();
    while start.elapsed() < TIME || sides[0].1.len() < 5 {
        for (echo, times) in &mut sides {
            let start_of_batch = Instant::now();
            for _ in 0..batch {
                echo.round_trip(&mut message)?;
            }
            times.push(start_of_batch.elapsed() / batch);
        }
    }
    Ok([0, 1, 2, 3].map(|side| {
        let times = &mut sides[side].1;
        times.sort();
        times[times.len() / 2]
    }))
}

/// What follows from the times of all ways.
pub fn conclusion(times: [Duration; 4]) -> String {
    let mut order = [0, 1, 2, 3];
    order.sort_by_key(|way| times[*way]);
    let [first, second, ..] = order;
    let ratio = times[second].as_secs_f64() / times[first].as_secs_f64();
    let (first, second) = (WAYS[first], WAYS[second]);
    if ratio < 1.25 {
        format!("About the same: {first}, {second}.")
    } else {
        format!("{first} is fastest: {second} takes {ratio:.1} times as long.")
    }
}
