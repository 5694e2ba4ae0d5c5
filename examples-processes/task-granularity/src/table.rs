//! The table, which is a picture, too. All times are in microseconds.

/// Above the bars: six characters are a factor of ten.
const SCALE: &str = "1ns   10ns  100ns 1µs   10µs  100µs 1ms";
/// Where they begin.
const LEAST: f64 = 0.001;

/// The first line.
pub fn head() -> String {
    format!(" chunk  chunks     a job   than the loop  {SCALE}")
}

/// A line: in so many chunks a job takes this `time`, in a loop `in_loop`.
pub fn row(chunk: &str, chunks: &str, time: f64, in_loop: f64) -> String {
    let than = if chunks.is_empty() {
        String::new()
    } else {
        than(time, in_loop)
    };
    let (time, bar) = (microseconds(time), bar(time));
    format!("{chunk:>6} {chunks:>7} {time:>9} {than:>15}  {bar}")
}

/// How many times slower or faster.
pub fn than(time: f64, in_loop: f64) -> String {
    if time > in_loop {
        format!("{} × slower", digits(time / in_loop))
    } else {
        format!("{} × faster", digits(in_loop / time))
    }
}

/// The time with its unit.
pub fn microseconds(time: f64) -> String {
    format!("{} µs", digits(time))
}

/// Two digits: there are no more that say something.
fn digits(number: f64) -> String {
    let decimals = match number {
        10.0.. => 0,
        1.0.. => 1,
        0.1.. => 2,
        0.01.. => 3,
        _ => 4,
    };
    format!("{number:.decimals$}")
}

/// As long as the logarithm of the time, but never nothing.
pub fn bar(time: f64) -> String {
    let fits = |n: &i32| LEAST * 10f64.powf(f64::from(*n) / 6.0) <= time;
    "█".repeat((1..=42).filter(fits).count().max(1))
}
