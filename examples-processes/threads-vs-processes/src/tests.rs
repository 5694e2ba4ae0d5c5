#![allow(clippy::float_cmp, reason = "these figures are exact")]

use std::cell::RefCell;
use std::ffi::OsString;
use std::time::Duration;

use crate::measure::{Samples, Work, in_turn, quantile};
use crate::options::Options;
use crate::rows::{Effort, Task, Unit};
use crate::table::{figure, ratio};
use crate::{machine, pool::Job, worker};

#[test]
fn quantiles_lie_between_the_values() {
    assert_eq!(quantile(&[3.0, 1.0, 2.0], 0.5), 2.0);
    assert_eq!(quantile(&[4.0, 1.0], 0.5), 2.5);
    assert_eq!(quantile(&[1.0, 2.0, 3.0, 4.0, 5.0], 0.25), 2.0);
    assert_eq!(quantile(&[7.0], 0.75), 7.0);
    assert!(quantile(&[], 0.5).is_nan());
}

#[test]
fn the_spread_is_half_the_distance_of_the_quartiles() {
    let samples = Samples::of(vec![1.0, 2.0, 3.0, 4.0, 5.0]);
    assert_eq!((samples.median(), samples.quartiles()), (3.0, [2.0, 4.0]));
    assert_eq!(samples.spread(), 1.0 / 3.0);
    assert_eq!(samples.over(2).median(), 1.5);
}

/// Both sizes of a batch, of both works in turn, also without time.
#[test]
fn each_batch_is_followed_by_one_of_twice_its_size() {
    let calls = RefCell::new(Vec::new());
    let work = |name| -> Work {
        let calls = &calls;
        Box::new(move |times| {
            calls.borrow_mut().push((name, times));
            Ok(())
        })
    };
    let both = in_turn(Duration::ZERO, &mut [work('a'), work('b')]).unwrap();
    let round = [('a', 1), ('a', 2), ('b', 1), ('b', 2)];
    assert!(calls.borrow().ends_with(&round), "{calls:?}");
    for samples in both {
        assert!(samples.samples.len() >= 2);
        assert!(samples.twice_the_work.is_some());
    }
}

#[test]
fn work_that_was_removed_ends_all_the_same() {
    let mut nothing: [Work; 1] = [Box::new(|_| Ok(()))];
    let samples = in_turn(Duration::from_secs(1), &mut nothing).unwrap();
    assert!(samples[0].twice_the_work.is_some());
}

#[test]
fn figures_have_three_digits_and_a_unit() {
    let seconds = |value| figure(value, Unit::Seconds);
    assert_eq!(seconds(36.54e-9), "36.5 ns");
    assert_eq!(seconds(2.5e-10), "0.25 ns");
    assert_eq!(seconds(999.4e-6), "999 µs");
    assert_eq!(seconds(999.6e-6), "1.00 ms");
    assert_eq!(seconds(1.25), "1.25 s");
    assert_eq!(figure(9.56 * 1024.0, Unit::Bytes), "9.56 KiB");
    assert_eq!(figure(1023.0 * 1024.0, Unit::Bytes), "1.00 MiB");
    assert_eq!(figure(1.0, Unit::Tasks), "1 of 8");
    assert_eq!([0.96, 9.96, 5961.4].map(ratio), ["1.0", "10", "5961"]);
}

/// As `date -u -d @SECONDS` has them.
#[test]
fn dates_know_leap_years() {
    for (seconds, date) in [
        (0, "1970-01-01 00:00 UTC"),
        (951_782_399, "2000-02-28 23:59 UTC"),
        (951_868_799, "2000-02-29 23:59 UTC"),
        (1_735_689_599, "2024-12-31 23:59 UTC"),
        (1_735_689_600, "2025-01-01 00:00 UTC"),
        (4_107_542_400, "2100-03-01 00:00 UTC"),
    ] {
        assert_eq!(machine::date(seconds), date);
    }
}

#[test]
fn the_curve_goes_from_one_worker_to_all_cores() {
    let points = |cores| {
        Effort {
            budget: Duration::ZERO,
            cores,
        }
        .points()
    };
    assert_eq!(points(1), [1, 2]);
    assert_eq!(points(2), [1, 2]);
    assert_eq!(points(8), [1, 2, 3, 4, 5, 6, 7, 8]);
    for cores in 2..=256 {
        let points = points(cores);
        assert!(points.len() <= 8 && points.is_sorted_by(|a, b| a < b));
        assert_eq!((points[0], points[points.len() - 1]), (1, cores));
    }
}

#[test]
fn arguments_are_parsed_or_named_in_the_error() {
    let parse = |args: &[&str]| Options::parse(args.iter().map(OsString::from));
    assert_eq!(parse(&[]), Ok(Options::default()));
    let all = parse(&["--json", "a", "--python", "--svg", "b"]).unwrap();
    assert_eq!((all.python, all.json), (true, Some("a".into())));
    assert_eq!(all.svg, Some("b".into()));
    for (wrong, named) in [
        (&["12"][..], "not \"12\""),
        (&["--svg"], "--svg needs a folder"),
        (&["--json", ""], "--json needs a file"),
        (&["--python", "x"], "not \"x\""),
    ] {
        assert!(parse(wrong).unwrap_err().contains(named));
    }
}

#[test]
fn tasks_are_what_they_say() {
    assert_eq!(Task::Double(21).run(), 42);
    assert_eq!(Task::CountPrimes(0, 100).run(), 25);
    assert_eq!(Task::CountPrimes(100, 1_000).run(), 143);
}

#[test]
fn no_role_is_not_taken_for_one() {
    for wrong in [&[][..], &["fast"], &["receive"], &["receive", "much"]] {
        assert!(worker::run(wrong).is_none());
    }
}
