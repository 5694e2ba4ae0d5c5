//! What several examples need and readers need not copy.
//!
//! Every use of this crate in an example is one line, and the example works without
//! it:
//!
//! - `let _span = shared::span("deposit");` names what this thread does to the end
//!   of the block,
//! - `shared::waiting("lock");` says that this thread may wait, until its next
//!   event,
//! - `shared::lane("teller-1");` names this thread in the picture,
//! - `shared::tidy_output();` ends the program in good order when a print fails,
//! - `let _timer = shared::timer("Downloaded 9 sites");` prints how long the block
//!   took,
//! - `let urls = shared::sites(9);` starts a small local web site.

mod output;
mod sites;
mod timeline;
mod timer;

pub use output::tidy_output;
pub use sites::{LATENCY, sites};
pub use timeline::{Span, lane, span, waiting};
pub use timer::{Timer, timer};
