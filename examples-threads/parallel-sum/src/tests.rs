use super::{FIRST, is_prime, sum_of_primes, sum_with_rayon, sum_with_threads};

fn numbers(first: u64, count: u64) -> Vec<u64> {
    (first..first + count).collect()
}

/// From Project Euler, problem 10: the primes below ten have the sum 17. And from
/// the On-Line Encyclopedia of Integer Sequences, A046731: those below 10^5.
#[test]
fn the_sums_are_the_known_ones() {
    assert_eq!(sum_of_primes(&numbers(0, 10)), 17);
    assert_eq!(sum_of_primes(&numbers(0, 100_000)), 454_396_537);
}

/// What Python's exact integers give.
#[test]
fn the_sums_are_those_of_python() {
    for (count, sum) in [(0, 0), (7, 0), (8, 100_000_007), (2_345, 13_200_159_202)]
    {
        let numbers = numbers(FIRST, count);
        assert_eq!(sum_of_primes(&numbers), sum, "{count} numbers");
        assert_eq!(sum_with_threads(&numbers, 2), sum, "{count} numbers");
        assert_eq!(sum_with_rayon(&numbers), sum, "{count} numbers");
    }
}

#[test]
fn the_square_of_a_prime_is_not_a_prime() {
    assert!(is_prime(99_991));
    assert!(!is_prime(99_991 * 99_991));
    assert!(![0, 1, 4, 9].into_iter().any(is_prime));
}

/// Also where some threads get fewer numbers, or none.
#[test]
fn every_number_is_counted_once_however_they_are_shared_out() {
    for count in [0, 1, 2, 3, 7, 999, 1_000, 1_001, 2_345] {
        let numbers = numbers(0, count);
        let serial = sum_of_primes(&numbers);
        for cores in [1, 2, 3, 8, 3_000] {
            let threads = sum_with_threads(&numbers, cores);
            assert_eq!(threads, serial, "{count} numbers, {cores} cores");
        }
        assert_eq!(sum_with_rayon(&numbers), serial, "{count} numbers");
    }
}
