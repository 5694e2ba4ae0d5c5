use crate::processes::{result, shares};
use crate::worker::amount;

#[test]
fn the_shares_are_the_whole_in_order_and_about_equal() {
    for start in [0, 1, 7] {
        for length in 0..30 {
            for parts in 1..10 {
                let whole = start..start + length;
                let shares: Vec<_> = shares(whole.clone(), parts).collect();
                assert_eq!(shares.len(), parts);
                assert!(shares.iter().cloned().flatten().eq(whole));
                let lengths = || shares.iter().map(ExactSizeIterator::len);
                assert!(lengths().max().unwrap() - lengths().min().unwrap() <= 1);
            }
        }
    }
}

#[test]
fn a_line_that_was_cut_or_is_foreign_is_no_result() {
    let line = "thread-2 7 140\n";
    assert_eq!(result(line), Some(("thread-2", 7, 140)));
    for length in 0..line.len() {
        assert_eq!(result(&line[..length]), None, "cut at {length}");
    }
    for foreign in [
        "\n",
        "hello\n",
        "thread-2 7\n",
        "thread-2 7 140 1\n",
        "t -7 1\n",
    ] {
        assert_eq!(result(foreign), None, "{foreign}");
    }
}

#[test]
fn an_order_is_as_many_of_its_article_as_its_number() {
    let prices = [5, 8, 12, 20];
    assert_eq!(amount(3, &prices), 60);
    assert_eq!(amount(4, &prices), 20);
    assert_eq!(
        (1..=12).map(|order| amount(order, &prices)).sum::<usize>(),
        876
    );
}
