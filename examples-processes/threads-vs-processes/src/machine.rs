//! Where and when something was measured.

use std::env::consts;
use std::fs;
use std::time::{SystemTime, UNIX_EPOCH};

/// The system, the processor and the cores.
pub fn here(cores: usize) -> String {
    let processor = processor().unwrap_or_default();
    format!("{} {}, {processor}{cores} cores", consts::OS, consts::ARCH)
}

fn processor() -> Option<String> {
    let text = fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("model name"))?;
    Some(format!("{}, ", line.trim_start_matches([' ', '\t', ':'])))
}

/// The date and time now, in UTC.
pub fn now() -> String {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    date(now.as_secs())
}

/// The date and time, so many seconds after 1970.
pub fn date(seconds: u64) -> String {
    let (mut days, minutes) = (seconds / 86_400, seconds / 60 % 1_440);
    let mut year = 1970;
    let leap = |year: u64| {
        year.is_multiple_of(4)
            && (!year.is_multiple_of(100) || year.is_multiple_of(400))
    };
    while days >= 365 + u64::from(leap(year)) {
        days -= 365 + u64::from(leap(year));
        year += 1;
    }
    let february = 28 + u64::from(leap(year));
    let mut month = 1;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30] {
        if days < length {
            break;
        }
        days -= length;
        month += 1;
    }
    let (day, hour, minute) = (days + 1, minutes / 60, minutes % 60);
    format!("{year}-{month:02}-{day:02} {hour:02}:{minute:02} UTC")
}
