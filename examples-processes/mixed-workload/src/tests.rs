use crate::primes;

/// Below powers of ten: the On-Line Encyclopedia of Integer Sequences, A006880.
#[test]
fn the_primes_are_counted() {
    for (below, expected) in
        [(0, 0), (2, 0), (3, 1), (10, 4), (100, 25), (10_000, 1_229)]
    {
        assert_eq!(primes::count(0..below), expected, "below {below}");
    }
    assert_eq!(primes::count(9..9), 0);
    assert_eq!(primes::count(7..8), 1);
}

#[test]
fn the_chunks_are_all_numbers_once() {
    let chunks: Vec<_> = (1..=primes::CHUNKS).map(primes::chunk).collect();
    assert_eq!(chunks[0].start, 0);
    assert_eq!(chunks.last().unwrap().end, primes::LIMIT);
    assert!(chunks.windows(2).all(|pair| pair[0].end == pair[1].start));
}
