//! The pattern: what the whole program uses, each in the form that fits it.

use std::cell::Cell;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{LazyLock, Mutex, OnceLock};

/// A number that changes.
pub static GREETED: AtomicU64 = AtomicU64::new(0);

/// Anything else that changes.
pub static GUESTS: Guests = Guests::new();

/// Set once by main, before it starts the threads.
pub static LANGUAGE: OnceLock<String> = OnceLock::new();

/// Made by the first thread that reads it.
static GREETINGS: LazyLock<HashMap<&str, &str>> =
    LazyLock::new(|| HashMap::from([("en", "Hello"), ("fr", "Bonjour")]));

thread_local! {
    /// Each thread has its own, so it needs no lock.
    pub static GREETED_HERE: Cell<u64> = const { Cell::new(0) };
}

/// The type knows nothing of globals: a function can make one of its own.
pub struct Guests {
    names: Mutex<Vec<String>>,
}

impl Guests {
    /// Makes an empty list. It is `const`, so a `static` can call it.
    pub const fn new() -> Self {
        Self {
            names: Mutex::new(Vec::new()),
        }
    }

    /// Adds a guest to the list.
    pub fn add(&self, name: &str) {
        self.names.lock().unwrap().push(name.into());
    }

    /// Returns how many guests are in the list.
    pub fn count(&self) -> usize {
        self.names.lock().unwrap().len()
    }

    /// Empties the list.
    pub fn clear(&self) {
        self.names.lock().unwrap().clear();
    }
}

/// Uses all of them, from any thread.
pub fn greet(name: &str) -> String {
    GREETED.fetch_add(1, Ordering::Relaxed);
    GREETED_HERE.set(GREETED_HERE.get() + 1);
    GUESTS.add(name);
    let language = LANGUAGE.get().expect("main should set the language");
    format!("{}, {name}!", GREETINGS[language.as_str()])
}
