//! The cure: a scope, which does not end before its threads do.

use std::thread;

fn main() {
    let names = vec!["Ada", "Grace"];
    thread::scope(|scope| {
        scope.spawn(|| println!("{names:?}"));
    });
}
