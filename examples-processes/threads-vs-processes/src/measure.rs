//! The pattern: the two sides of a comparison are timed in turn, in batches, so
//! what disturbs one side also disturbs the other.

use std::time::{Duration, Instant};

use anyhow::Result;
use serde::Serialize;

/// Does something this many times.
pub type Work<'a> = Box<dyn FnMut(u64) -> Result<()> + 'a>;

/// One value for threads, and one for processes.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Pair<T> {
    pub threads: T,
    pub processes: T,
}

/// About so many batches of each side are timed.
const BATCHES: u32 = 20;
/// There are at least so many, even if the machine is slow.
const MIN_BATCHES: usize = 5;
/// Work that the compiler has removed would never fill a batch.
const MAX_BATCH: u64 = 1 << 40;

/// What one operation takes, in seconds, say.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Figure {
    pub low_quartile: f64,
    pub median: f64,
    pub high_quartile: f64,
}

impl Figure {
    /// A few batches that were interrupted do not move the median.
    pub fn of(samples: &[f64]) -> Self {
        let mut samples = samples.to_vec();
        samples.sort_by(f64::total_cmp);
        Self {
            low_quartile: samples[samples.len() / 4],
            median: samples[samples.len() / 2],
            high_quartile: samples[samples.len() * 3 / 4],
        }
    }

    /// Half the distance between the quartiles, as a share of the median.
    pub fn spread(self) -> f64 {
        (self.high_quartile - self.low_quartile) / 2.0 / self.median
    }
}

struct Side<'a> {
    work: Work<'a>,
    batch: u64,
    samples: Vec<f64>,
}

/// Times both sides of all rows in turn, until the time is over. Returns the
/// seconds that one operation takes.
pub fn in_turn(time: Duration, rows: Vec<Pair<Work>>) -> Result<Vec<Pair<Figure>>> {
    let mut sides = Vec::new();
    for row in rows {
        for work in [row.threads, row.processes] {
            sides.push(Side {
                work,
                batch: 1,
                samples: Vec::new(),
            });
        }
    }
    let batch_time = time / BATCHES / u32::try_from(sides.len())?;
    for side in &mut sides {
        side.choose_batch(batch_time)?;
    }

    let start = Instant::now();
    while start.elapsed() < time || sides[0].samples.len() < MIN_BATCHES {
        for side in &mut sides {
            let time = side.run_batch()?;
            side.samples.push(time.as_secs_f64() / side.batch as f64);
        }
    }

    let mut pairs = Vec::new();
    for sides in sides.chunks(2) {
        pairs.push(Pair {
            threads: Figure::of(&sides[0].samples),
            processes: Figure::of(&sides[1].samples),
        });
    }
    Ok(pairs)
}

impl Side<'_> {
    fn run_batch(&mut self) -> Result<Duration> {
        let start = Instant::now();
        (self.work)(self.batch)?;
        Ok(start.elapsed())
    }

    /// Doubles the batch until it takes this long, which also warms up the caches.
    /// The quicker of two runs counts, because the other may have been interrupted.
    fn choose_batch(&mut self, time: Duration) -> Result<()> {
        while self.batch < MAX_BATCH
            && self.run_batch()?.min(self.run_batch()?) < time
        {
            self.batch *= 2;
        }
        Ok(())
    }
}
