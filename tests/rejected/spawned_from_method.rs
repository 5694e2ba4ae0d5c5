//! A method starts a thread that uses `self`.
//!
//! error[E0521]: borrowed data escapes outside of method
//!
//! `&self` lasts for the call, and the thread may live longer.

use std::thread::{self, JoinHandle};

struct Site {
    name: String,
}

impl Site {
    fn start(&self) -> JoinHandle<()> {
        thread::spawn(move || println!("{}", self.name))
    }
}

fn main() {
    let name = "rust-lang.org".to_string();
    Site { name }.start().join().unwrap();
}
