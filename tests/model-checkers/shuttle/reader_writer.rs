//! reader-writer: a thread that reads once comes to an end, and sees all prices at
//! one moment.

#[path = "../../../examples-sync/reader-writer/src/prices.rs"]
pub mod prices;

use std::thread::{Builder, scope};

use story::{Check, DEADLOCK, check};

use crate::{ensure, every_schedule};
use prices::PriceList;

fn case(case: &'static str) -> Check {
    check("reader-writer", case).names(&["the prices"])
}

/// One thread adds the prices up, while another one raises them. Returns the total.
fn total_and_raise(prices: &[u64], total: fn(&PriceList, &dyn Fn()) -> u64) -> u64 {
    let list = PriceList::new(prices.to_vec());
    scope(|scope| {
        let thread = |name: &str| Builder::new().name(name.into());
        let raise = || list.raise(1, &|| ());
        thread("writer").spawn_scoped(scope, raise).unwrap();
        let read = || total(&list, &|| ());
        let reader = thread("reader").spawn_scoped(scope, read).unwrap();
        reader.join().unwrap()
    })
}

#[test]
fn one_read() {
    let case = case("one read and a writer");
    let found = every_schedule(case, || {
        let total = total_and_raise(&[5, 7], PriceList::total);
        ensure([12, 14].contains(&total), || format!("{total}"))
    });
    case.holds("the total is 12 or 14, and never 13", &found);
}

#[test]
fn a_second_read() {
    let case = case("a second read and a writer");
    let found = every_schedule(case, || {
        total_and_raise(&[5], PriceList::total_with_second_read);
        Ok(())
    });
    case.fails(DEADLOCK, &found);
}
