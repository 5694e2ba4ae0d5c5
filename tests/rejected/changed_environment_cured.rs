//! The cure: a variable of the program, which a thread can only set once.

use std::sync::OnceLock;
use std::thread;

static GREETING: OnceLock<String> = OnceLock::new();

fn main() {
    thread::scope(|scope| {
        scope.spawn(|| GREETING.set("Bonjour".into()).unwrap());
        scope.spawn(|| println!("{:?}", GREETING.get()));
    });
}
