//! A global map.
//!
//! error[E0015]: cannot call non-const associated function
//!
//! A static is there before `main`, so its value has to be known at compile time.

use std::collections::HashMap;
use std::sync::Mutex;

static VISITS: Mutex<HashMap<String, u32>> = Mutex::new(HashMap::new());

fn main() {
    VISITS.lock().unwrap().insert("Ada".to_string(), 1);
}
