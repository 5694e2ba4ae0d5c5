//! The cure: a `LazyLock`, which makes the map when a thread first needs it.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex};

static VISITS: LazyLock<Mutex<HashMap<String, u32>>> =
    LazyLock::new(Mutex::default);

fn main() {
    VISITS.lock().unwrap().insert("Ada".to_string(), 1);
}
