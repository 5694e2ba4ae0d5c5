//! `std::collections`: a queue that the story can show, whatever is in it.

pub use ::std::collections::*;

use ::std::fmt::{self, Debug, Formatter};
use ::std::ops::{Deref, DerefMut};

/// The standard library's, but its `Debug` asks nothing of the items and only
/// counts them: so a lock in generic code can guard one.
pub struct VecDeque<T>(::std::collections::VecDeque<T>);

impl<T> VecDeque<T> {
    /// One without items.
    pub const fn new() -> Self {
        Self(::std::collections::VecDeque::new())
    }
}

impl<T> Default for VecDeque<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> Debug for VecDeque<T> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.len() {
            0 => write!(f, "no item"),
            1 => write!(f, "1 item"),
            count => write!(f, "{count} items"),
        }
    }
}

impl<T> Deref for VecDeque<T> {
    type Target = ::std::collections::VecDeque<T>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<T> DerefMut for VecDeque<T> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}
