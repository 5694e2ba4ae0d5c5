//! The cure: name the guard. (Or copy the value with `clone`, and free the lock.)

use std::sync::Mutex;

fn main() {
    let names = Mutex::new(vec!["Ada".to_string()]);
    let guard = names.lock().unwrap();
    let first = guard.first().unwrap();
    println!("{first}");
}
