use super::{COUNT, MOST, in_a_pool, is_prime, on_threads, parse, sum_of_primes};

/// From Project Euler, problem 10: the primes below ten have the sum 17. And from
/// the On-Line Encyclopedia of Integer Sequences, A046731: those below 10^5.
#[test]
fn the_sums_are_the_known_ones() {
    assert_eq!(sum_of_primes(&(0..10).collect::<Vec<_>>()), 17);
    assert_eq!(
        sum_of_primes(&(0..100_000).collect::<Vec<_>>()),
        454_396_537
    );
}

#[test]
fn a_square_of_a_prime_is_none() {
    assert!(is_prime(99_991));
    assert!(!is_prime(99_991 * 99_991));
    assert!(![0, 1, 4, 9].into_iter().any(is_prime));
}

/// Also where some threads get fewer numbers, or none.
#[test]
fn every_number_is_counted_once_however_they_are_shared_out() {
    for count in [0, 1, 2, 3, 7, 999, 1_000, 1_001, 2_500] {
        let numbers: Vec<u64> = (0..count).collect();
        let serial = sum_of_primes(&numbers);
        for cores in [1, 2, 3, 8, 3_000] {
            let threads = on_threads(&numbers, cores);
            assert_eq!(threads, serial, "{count} numbers, {cores} cores");
        }
        assert_eq!(in_a_pool(&numbers), serial, "{count} numbers in the pool");
    }
}

#[test]
fn an_argument_is_a_number_within_the_bound_or_named_in_the_error() {
    let parsed = |args: &[&str]| parse(args.iter().map(ToString::to_string));
    assert_eq!(parsed(&[]), Ok(COUNT));
    assert_eq!(parsed(&["0"]), Ok(0));
    assert_eq!(parsed(&["10000000"]), Ok(MOST));
    for wrong in [
        "-1",
        "1.5",
        "many",
        "",
        "10000001",
        "99999999999999999999999",
    ] {
        assert!(
            parsed(&[wrong])
                .unwrap_err()
                .contains(&format!("\"{wrong}\""))
        );
    }
    let extra = parsed(&["1", "2"]).unwrap_err();
    assert_eq!(extra, "unexpected argument \"2\"");
}
