//! The cure: the thread owns what it uses, here one more `Arc` to it.

use std::sync::Arc;
use std::thread::{self, JoinHandle};

struct Site {
    name: String,
}

impl Site {
    fn start(self: &Arc<Self>) -> JoinHandle<()> {
        let site = Arc::clone(self);
        thread::spawn(move || println!("{}", site.name))
    }
}

fn main() {
    let name = "rust-lang.org".to_string();
    Arc::new(Site { name }).start().join().unwrap();
}
