//! What the workspace promises, and what each example promises besides.
//!
//! `cargo test -p tests faults` runs the trials of one promise, and
//! `cargo test -p tests pipes` those of one example. `ROUNDS=15` does in many
//! rounds what gains from that, and `SLOWEST=20` says what takes longest.

mod bad_input;
mod book;
mod chapters;
mod common_form;
mod copies;
mod examples;
mod faults;
mod measured;
mod pages;
mod patched;
mod python_twins;
mod rejected;
mod runs;
mod spans;
mod try_it;

fn main() {
    // Some trials are programs of their own: this one, started again.
    examples::process_pool::run_as_trial();

    // What takes longest comes first.
    let promises = [
        book::trials(),
        examples::trials(),
        faults::trials(),
        copies::trials(),
        try_it::trials(),
        python_twins::trials(),
        measured::trials(),
        spans::trials(),
        chapters::trials(),
        pages::trials(),
        bad_input::trials(),
        rejected::trials(),
        runs::trials(),
        common_form::trials(),
    ];
    support::run(promises.into_iter().flatten().collect())
}
