use crate::fibonacci;

#[test]
fn the_sequence_starts_with_0_and_1() {
    assert_eq!(fibonacci(0), []);
    assert_eq!(fibonacci(1), [0]);
    assert_eq!(fibonacci(2), [0, 1]);
    assert_eq!(fibonacci(10), [0, 1, 1, 2, 3, 5, 8, 13, 21, 34]);
}

/// From the On-Line Encyclopedia of Integer Sequences, A000045.
#[test]
fn large_numbers_are_exact() {
    assert_eq!(fibonacci(92)[91], 4_660_046_610_375_530_309);
}
