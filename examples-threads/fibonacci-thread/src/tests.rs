use super::{COUNT, fibonacci, parse};

#[test]
fn the_sequence_starts_with_0_and_1() {
    assert_eq!(fibonacci(0), Ok(vec![]));
    assert_eq!(fibonacci(1), Ok(vec![0]));
    assert_eq!(fibonacci(2), Ok(vec![0, 1]));
    assert_eq!(fibonacci(10), Ok(vec![0, 1, 1, 2, 3, 5, 8, 13, 21, 34]));
}

/// F(186), from the On-Line Encyclopedia of Integer Sequences, A000045, is the last
/// below 2^128.
#[test]
fn what_does_not_fit_is_an_error() {
    let longest = fibonacci(187).unwrap();
    assert_eq!(
        longest[186],
        332_825_110_087_067_562_321_196_029_789_634_457_848
    );
    let error = fibonacci(188).unwrap_err();
    assert_eq!(
        error,
        "188 Fibonacci numbers do not fit in 128 bits: 187 do"
    );
    assert!(fibonacci(usize::MAX).is_err());
}

#[test]
fn an_argument_is_a_whole_number_or_named_in_the_error() {
    let parsed = |args: &[&str]| parse(args.iter().map(ToString::to_string));
    assert_eq!(parsed(&[]), Ok(COUNT));
    assert_eq!(parsed(&["0"]), Ok(0));
    for wrong in ["-1", "1.5", "ten", "", "99999999999999999999999"] {
        assert!(
            parsed(&[wrong])
                .unwrap_err()
                .contains(&format!("\"{wrong}\""))
        );
    }
    let extra = parsed(&["1", "2"]).unwrap_err();
    assert_eq!(extra, "unexpected argument \"2\"");
}
