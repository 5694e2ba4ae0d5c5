use std::convert::Infallible;
use std::ffi::OsString;
use std::time::Duration;

use crate::measure::{self, Jobs, MOST_JOBS};
use crate::{parse, table};

const MOST: Duration = Duration::from_millis(1);

/// The break-even, if the pool is faster from this many nanoseconds on.
fn found(from: u64, guess: u64) -> Option<Duration> {
    let pays = |job| Ok::<_, Infallible>(job >= Duration::from_nanos(from));
    let Ok(found) = measure::break_even(Duration::from_nanos(guess), MOST, pays);
    found
}

#[test]
fn the_break_even_is_found_to_a_tenth() {
    for from in [
        1, 2, 3, 49, 50, 51, 1_000, 12_345, 125_000, 125_001, 1_000_000,
    ] {
        for guess in [1, 100, 100_000, 1_000_000] {
            let found = found(from, guess).expect("it is below the most");
            let nanoseconds = Duration::from_nanos(from);
            assert!(found >= nanoseconds, "{from}: {found:?}");
            let near = nanoseconds + nanoseconds / 9 + Duration::from_nanos(1);
            assert!(found <= near, "{from}: {found:?}");
        }
    }
}

#[test]
fn a_pool_that_never_pays_has_no_break_even() {
    for guess in [1, 1_000_000] {
        assert_eq!(found(1_000_001, guess), None);
        assert_eq!(found(u64::MAX, guess), None);
    }
}

#[test]
fn a_failure_ends_the_search() {
    assert_eq!(
        measure::break_even(MOST, MOST, |_| Err("lost")),
        Err("lost")
    );
}

#[test]
fn every_job_is_in_one_chunk() {
    // The sizes with two workers: a quarter of what is left, but 10 at most.
    let sizes = [
        10, 10, 10, 10, 10, 10, 10, 7, 5, 4, 3, 2, 2, 1, 1, 1, 1, 1, 1, 1,
    ];
    assert_eq!(sizes.iter().sum::<u32>(), 100);
    assert_eq!(measure::chunks(100, 10, 2), sizes.len());
    assert_eq!(measure::chunks(20_000, 1, 2), 20_000);
    assert_eq!(measure::chunks(1, 1000, 64), 1);
    assert_eq!(measure::chunks(0, 1000, 2), 0);
}

#[test]
fn jobs_fill_the_time_but_are_not_too_many() {
    let count = |each| Jobs::new(Duration::from_micros(each), MOST).count;
    assert_eq!(count(10), 100);
    assert_eq!(count(1_000), 1);
    assert_eq!(count(5_000), 1, "there is one at least");
    let squares = Jobs::new(Duration::ZERO, MOST);
    assert_eq!((squares.count, squares.steps), (MOST_JOBS, 0));
    let [short, long] =
        [1, 100].map(|us| Jobs::new(Duration::from_micros(us), MOST));
    assert!(short.steps < long.steps);
}

#[test]
fn the_loop_computes_squares() {
    let squares = Jobs { count: 5, steps: 3 }.in_loop();
    assert_eq!(squares, [0, 1, 4, 9, 16]);
}

#[test]
fn a_row_has_its_bar_below_the_scale() {
    let at = |line: &str, what: &str| {
        let bytes = line.find(what).unwrap_or_else(|| panic!("{what}: {line}"));
        line[..bytes].chars().count()
    };
    let head = table::head();
    for (time, label) in [(0.0101, "10ns"), (1.01, "1µs"), (101.0, "100µs")] {
        let row = table::row("10", "2010", time, 0.001);
        assert_eq!(row.chars().count(), at(&head, label), "{head}\n{row}");
    }
    let longest = table::row("10000", "20000", 99_999.0, 1.0);
    assert!(longest.chars().count() <= 84, "{longest}");
    assert_eq!(table::bar(0.0), "█");
}

#[test]
fn a_row_says_slower_or_faster() {
    assert_eq!(table::than(8.0, 0.02), "400 × slower");
    assert_eq!(table::than(2.5, 5.0), "2.0 × faster");
    assert_eq!(table::microseconds(0.000_42), "0.0004 µs");
    assert_eq!(table::microseconds(15.7), "16 µs");
}

#[test]
fn the_argument_is_microseconds() {
    let parse = |args: &[&str]| parse(args.iter().map(OsString::from));
    assert_eq!(parse(&[]), Ok(None));
    assert_eq!(parse(&["0.5"]), Ok(Some(Duration::from_nanos(500))));
    assert_eq!(parse(&["10000"]), Ok(Some(Duration::from_millis(10))));
    for wrong in ["-1", "10001", "1e99", "NaN", "inf", "", "many"] {
        let expected = format!(
            "expected the microseconds of a job, 0 to 10000, not \"{wrong}\""
        );
        assert_eq!(parse(&[wrong]), Err(expected));
    }
    assert_eq!(parse(&["1", "2"]), Err("unexpected argument \"2\"".into()));
}
