use crate::processes::{Booked, share};
use crate::worker::amount;

#[test]
fn the_shares_are_the_whole_in_order_and_about_equal() {
    for start in [0, 1, 7] {
        for length in 0..30 {
            for parts in 1..10 {
                let whole = start..start + length;
                let mut all = Vec::new();
                for number in 1..=parts {
                    let share = share(whole.clone(), parts, number);
                    assert!(
                        share.len() == length / parts
                            || share.len() == length.div_ceil(parts)
                    );
                    all.extend(share);
                }
                assert!(all.into_iter().eq(whole));
            }
        }
    }
}

#[test]
fn a_line_that_was_cut_or_is_foreign_is_no_result() {
    let line = r#"{"thread":2,"order":7,"amount":140}"#;
    let booked = Booked {
        thread: 2,
        order: 7,
        amount: 140,
    };
    assert_eq!(serde_json::to_string(&booked).unwrap(), line);
    assert_eq!(serde_json::from_str::<Booked>(line).unwrap(), booked);
    for length in 0..line.len() {
        let cut = &line[..length];
        assert!(serde_json::from_str::<Booked>(cut).is_err(), "{cut}");
    }
    for foreign in ["hello", "{}", r#"{"thread":2,"order":-7,"amount":140}"#] {
        assert!(
            serde_json::from_str::<Booked>(foreign).is_err(),
            "{foreign}"
        );
    }
}

#[test]
fn an_order_is_as_many_of_its_article_as_its_number() {
    let prices = [5, 8, 12, 20];
    assert_eq!(amount(3, &prices), 60);
    assert_eq!(amount(4, &prices), 20);
    let total: usize = (1..=12).map(|order| amount(order, &prices)).sum();
    assert_eq!(total, 876);
}
