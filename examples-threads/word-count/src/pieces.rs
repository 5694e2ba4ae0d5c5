//! The pattern: cuts a text of any length into pieces that can be counted at the
//! same time.

use std::io::{self, Read};

use crate::words::is_space;

/// So many bytes at most are in a piece. A longer word is cut, since otherwise a
/// file without white space would have to fit in memory.
pub const PIECE_LEN: usize = 64 * 1024;

/// The pieces of a text. Each ends at white space, so no word is cut in two.
pub struct Pieces<R> {
    text: Option<R>,
    /// The beginning of a word that ends in the next piece.
    rest: Vec<u8>,
}

impl<R: Read> Pieces<R> {
    pub fn new(text: R) -> Self {
        Self {
            text: Some(text),
            rest: Vec::new(),
        }
    }
}

impl<R: Read> Iterator for Pieces<R> {
    type Item = io::Result<Vec<u8>>;

    /// Reads the next piece. An error ends the text.
    fn next(&mut self) -> Option<io::Result<Vec<u8>>> {
        let text = self.text.as_mut()?;
        let _span = shared::span("read");
        let mut piece = Vec::with_capacity(PIECE_LEN);
        piece.append(&mut self.rest);
        let room = PIECE_LEN - piece.len();
        if let Err(error) = text.take(room as u64).read_to_end(&mut piece) {
            self.text = None;
            return Some(Err(error));
        }
        if piece.len() < PIECE_LEN {
            self.text = None; // the end
        } else if let Some(space) = piece.iter().rposition(|&byte| is_space(byte)) {
            self.rest = piece.split_off(space + 1);
        }
        Some(Ok(piece))
    }
}
