//! A pool of worker processes, as a library.
//!
//! The folder `pool` is the pattern to copy. It is a library, too, because other
//! examples use the same pool.

pub mod pool;
