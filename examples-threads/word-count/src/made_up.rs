//! A text for the demonstration: the same in every run, and with few words that are
//! frequent and many that are rare, as in a real text.

const FREQUENT: [&str; 8] = ["The", "of", "and", "to", "a", "in", "is", "it"];
const DIFFERENT: u64 = 4096; // words

/// So many words, ten in a line.
pub fn text(words: usize) -> Vec<u8> {
    let mut random = Random(1);
    let mut text = String::new();
    for position in 1..=words {
        // The product of random numbers is small more often than large.
        let product = random.below(DIFFERENT) * random.below(DIFFERENT);
        let rank = product * random.below(DIFFERENT) / DIFFERENT.pow(2);
        match FREQUENT.get(usize::try_from(rank).expect("it is small")) {
            Some(word) => text += word,
            None => text.extend(["word-", &rank.to_string()]),
        }
        text += if position % 10 == 0 { "\n" } else { " " };
    }
    text.into_bytes()
}

/// Knuth's linear congruential generator: the same numbers in any language.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}
