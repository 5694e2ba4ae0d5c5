//! How something is timed: in batches, alternating with what it is compared to,
//! until a budget of time is used up. A loaded machine makes fewer samples, not a
//! longer run.

use std::hint::black_box;
use std::time::{Duration, Instant};

use anyhow::Result;
use serde::Serialize;

/// Does something this many times.
pub type Work<'a> = Box<dyn FnMut(u64) -> Result<()> + 'a>;

/// How many batches share a budget. Each is long enough for the cost of the clock
/// not to matter.
const BATCHES: u32 = 45;
/// Operations in a batch.
const MOST: u64 = 1 << 40;
/// There are no fewer rounds, unless they take three times the budget.
const FEWEST: usize = 3;

/// What was measured: seconds, bytes or a number of tasks for one operation.
#[derive(Clone, Debug, Serialize)]
pub struct Samples {
    /// One for each batch.
    pub samples: Vec<f64>,
    /// How many times as long twice the work takes: 2, unless something was
    /// optimised away, or the machine does something else.
    pub twice_the_work: Option<f64>,
}

impl Samples {
    /// Samples that are no times.
    pub fn of(samples: Vec<f64>) -> Self {
        Self {
            samples,
            twice_the_work: None,
        }
    }

    /// Those for one of `many` things that were done together.
    pub fn over(&self, many: u64) -> Self {
        let each = self.samples.iter().map(|sample| sample / many as f64);
        Self {
            samples: each.collect(),
            ..*self
        }
    }

    /// The one in the middle.
    pub fn median(&self) -> f64 {
        quantile(&self.samples, 0.5)
    }

    /// Half of them lie between these two.
    pub fn quartiles(&self) -> [f64; 2] {
        [0.25, 0.75].map(|share| quantile(&self.samples, share))
    }

    /// Half the distance of the quartiles, as a share of the median.
    pub fn spread(&self) -> f64 {
        let [low, high] = self.quartiles();
        (high - low) / 2.0 / self.median()
    }
}

/// What stands at this share of the way from the least to the greatest.
pub fn quantile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = share * sorted.len().saturating_sub(1) as f64;
    let (below, above) = (at.floor() as usize, at.ceil() as usize);
    match (sorted.get(below), sorted.get(above)) {
        (Some(low), Some(high)) => low + (high - low) * at.fract(),
        _ => f64::NAN,
    }
}

/// Times all of them in turn, so that what disturbs one disturbs the others, too.
/// Each gets `budget`. Returns the seconds that one operation takes.
pub fn in_turn(budget: Duration, works: &mut [Work]) -> Result<Vec<Samples>> {
    let sizes = works
        .iter_mut()
        .map(|work| batch_size(budget / BATCHES, work));
    let sizes = sizes.collect::<Result<Vec<u64>>>()?;
    let begin = Instant::now();
    let all = budget * u32::try_from(works.len())?;
    let mut rounds = vec![Vec::new(); works.len()];
    let mut left = true;
    while left {
        for (place, work) in works.iter_mut().enumerate() {
            let size = sizes[place];
            rounds[place].push([seconds(work, size)?, seconds(work, 2 * size)?]);
        }
        let few = rounds[0].len() < FEWEST;
        left = begin.elapsed() < all * if few { 3 } else { 1 };
    }
    let samples = rounds.iter().zip(sizes).map(|(rounds, size)| {
        let size = size as f64;
        let ratios: Vec<f64> =
            rounds.iter().map(|[once, twice]| twice / once).collect();
        let each = |&[once, twice]: &[f64; 2]| [once / size, twice / (2.0 * size)];
        Samples {
            samples: rounds.iter().flat_map(each).collect(),
            twice_the_work: Some(quantile(&ratios, 0.5)),
        }
    });
    Ok(samples.collect())
}

/// How many operations fill a batch. To find that out warms up caches, too. Of
/// two tries the quicker counts: the other may have been held up. No more than
/// `MOST`, or what was optimised away would never fill one.
fn batch_size(batch: Duration, work: &mut Work) -> Result<u64> {
    let batch = batch.as_secs_f64();
    let mut size = 1;
    while size < MOST && seconds(work, size)?.min(seconds(work, size)?) < batch {
        size *= 2;
    }
    Ok(size)
}

fn seconds(work: &mut Work, times: u64) -> Result<f64> {
    let start = Instant::now();
    work(times)?;
    Ok(start.elapsed().as_secs_f64())
}

/// What measuring itself costs, in seconds: reading the clock, once a batch, and a
/// turn of a loop, once an operation.
pub fn overhead() -> [f64; 2] {
    const TURNS: u32 = 10_000;
    let start = Instant::now();
    for _ in 0..TURNS {
        black_box(Instant::now());
    }
    let clock = start.elapsed();
    let start = Instant::now();
    for turn in 0..TURNS {
        black_box(turn);
    }
    [clock, start.elapsed()].map(|time| time.as_secs_f64() / f64::from(TURNS))
}
