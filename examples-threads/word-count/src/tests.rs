use std::collections::BTreeMap;
use std::io::{self, Read};

use crate::made_up;
use crate::pieces::{PIECE_LEN, Pieces};
use crate::words::{self, Counts, is_space};

/// Reads so many bytes at most at a time, as a pipe may.
struct Slow<'a>(&'a [u8], usize);

impl Read for Slow<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let len = buffer.len().min(self.1);
        self.0.read(&mut buffer[..len])
    }
}

fn pieces(text: &[u8]) -> Vec<Vec<u8>> {
    Pieces::new(Slow(text, 1000)).map(Result::unwrap).collect()
}

/// Counts without pieces, in the simplest way.
fn expected(text: &[u8]) -> BTreeMap<Vec<u8>, u64> {
    let mut counts = BTreeMap::new();
    for word in text.to_ascii_lowercase().split(|&byte| is_space(byte)) {
        *counts.entry(word.to_vec()).or_default() += 1;
    }
    counts.remove(&b""[..]);
    counts
}

fn sorted(counts: Counts) -> BTreeMap<Vec<u8>, u64> {
    counts
        .into_iter()
        .map(|(word, number)| (word.into(), number))
        .collect()
}

fn check(text: &[u8]) {
    let pieces = pieces(text);
    assert_eq!(pieces.concat(), text, "nothing is lost");
    assert!(pieces.iter().all(|piece| piece.len() <= PIECE_LEN));
    let expected = expected(text);
    assert_eq!(sorted(words::serial(pieces.iter().cloned())), expected);
    for threads in [1, 2, 7] {
        let counts = words::with_threads(pieces.iter().cloned(), threads);
        assert_eq!(sorted(counts), expected, "{threads} threads");
    }
    assert_eq!(sorted(words::with_rayon(pieces.into_iter())), expected);
}

#[test]
fn all_ways_give_the_same() {
    check(b"");
    check(b" \n\t\r\x0b\x0c");
    check(b"one");
    check("Öl ÖL öl\u{a0}x \u{3000}".as_bytes());
    check(b"\xff\xfe \xff\xfe a\0b A\0B");
    check(&made_up::text(20_000));
}

/// A word is whole wherever the end of a piece would be.
#[test]
fn no_word_is_cut() {
    for before in PIECE_LEN - 2..=PIECE_LEN {
        let text = [&b" ".repeat(before), &b"abc def"[..]].concat();
        check(&text);
    }
    let longest = vec![b'x'; PIECE_LEN];
    check(&longest);
    check(&[&longest[1..], b" ", &longest].concat());
}

/// Without white space, memory is bounded all the same.
#[test]
fn a_word_without_end_is_cut() {
    let pieces = pieces(&vec![b'x'; 3 * PIECE_LEN + 5]);
    let lengths: Vec<usize> = pieces.iter().map(Vec::len).collect();
    assert_eq!(lengths, [PIECE_LEN, PIECE_LEN, PIECE_LEN, 5]);
}

/// What was read before an error counts, and the error comes once.
#[test]
fn an_error_ends_the_text() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("broken"))
        }
    }
    let text = b"a b\n".repeat(PIECE_LEN / 4 + 1);
    let results: Vec<_> = Pieces::new(text.chain(Broken)).collect();
    assert_eq!(results.len(), 2);
    assert!(results[0].is_ok() && results[1].is_err());
}

/// The Python program makes up the same text.
#[test]
fn the_text_is_always_the_same() {
    let text = String::from_utf8(made_up::text(20)).unwrap();
    let (first, second) = text.split_once('\n').unwrap();
    assert_eq!(first.split(' ').count(), 10, "{first}");
    assert_eq!(second.split(' ').count(), 10, "{second}");
}
