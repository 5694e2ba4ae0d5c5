#![allow(clippy::float_cmp, reason = "these figures are exact")]

use std::cell::RefCell;
use std::time::Duration;

use crate::measure::{Figure, Pair, Work, in_turn};
use crate::row::{Row, Unit, in_unit, withdraw_conclusions};
use crate::rows::tasks::points;

fn pair(threads: f64, processes: f64) -> Pair<Figure> {
    Pair {
        threads: Figure::of(&[threads]),
        processes: Figure::of(&[processes]),
    }
}

#[test]
fn a_figure_is_the_middle_and_the_quartiles() {
    let figure = Figure::of(&[5.0, 1.0, 4.0, 2.0, 3.0]);
    assert_eq!(figure.median, 3.0);
    assert_eq!(figure.spread(), (4.0 - 2.0) / 2.0 / 3.0);
}

#[test]
fn the_sides_take_turns_and_no_time_is_enough() {
    let calls = &RefCell::new(String::new());
    let work = |name| -> Work {
        Box::new(move |_| {
            calls.borrow_mut().push(name);
            Ok(())
        })
    };
    let pairs = vec![Pair {
        threads: work('t'),
        processes: work('p'),
    }];
    in_turn(Duration::ZERO, pairs).unwrap();
    assert!(calls.borrow().ends_with("tptptptptp"), "{calls:?}");
}

#[test]
fn work_that_the_compiler_has_removed_ends_all_the_same() {
    let nothing: Pair<Work> = Pair {
        threads: Box::new(|_| Ok(())),
        processes: Box::new(|_| Ok(())),
    };
    in_turn(Duration::from_millis(20), vec![nothing]).unwrap();
}

#[test]
fn a_conclusion_follows_from_the_figures() {
    let compare = |threads, processes| pair(threads, processes).compare("it");
    let [slow, fast, same] =
        [compare(1.0, 36.0), compare(2.0, 1.0), compare(1.0, 1.2)];
    assert_eq!(slow, "With processes, it takes 36.0 times as long.");
    assert_eq!(fast, "With threads, it takes 2.00 times as long.");
    assert_eq!(same, "With processes, it takes about as long.");
    assert_eq!(
        pair(2.0, 300.0).times_as_long_as(pair(1.0, 2.0)),
        "2.00 times as long with threads, and 150 times with processes"
    );
}

#[test]
fn a_busy_machine_allows_no_conclusion_of_what_was_timed() {
    let conclusion = |others, high_quartile, unit| {
        let mut row = Row::new("a row", pair(1.0, 2.0), "It is so.".into());
        row.figures.processes.high_quartile = high_quartile;
        row.unit = unit;
        let mut rows = [row];
        withdraw_conclusions(&mut rows, others);
        let [row] = rows;
        row.conclusion
    };
    let busy = "No conclusion: other programs took 30 % of the cores.";
    assert_eq!(conclusion(0.3, 2.0, Unit::Seconds), busy);
    let apart = "No conclusion: a spread of ± 50 %.";
    assert_eq!(conclusion(0.0, 4.0, Unit::Seconds), apart);
    assert_eq!(conclusion(0.04, 2.1, Unit::Seconds), "It is so.");
    assert_eq!(conclusion(0.3, 2.0, Unit::Results), "It is so.");
}

#[test]
fn figures_have_three_digits_and_a_unit() {
    let seconds = |value| in_unit(value, Unit::Seconds);
    assert_eq!(seconds(2.5e-10), "0.25 ns");
    assert_eq!(seconds(999.4e-6), "999 µs");
    assert_eq!(seconds(999.6e-6), "1.00 ms");
    assert_eq!(in_unit(9.56 * 1024.0, Unit::Bytes), "9.56 KiB");
    assert_eq!(in_unit(1.0, Unit::Results), "1 of 8");
}

#[test]
fn the_curve_goes_from_one_worker_to_all_cores() {
    assert_eq!(points(1), [1, 2]);
    assert_eq!(points(6), [1, 2, 4, 6]);
    assert_eq!(points(64), [1, 2, 4, 8, 16, 32, 64]);
}
