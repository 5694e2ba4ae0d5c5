//! The four crashes, and what the threads of a process see of the second one.

use std::hint::black_box;
use std::process;
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

/// How long a crash is in coming, and how long other work takes after it.
pub const WORK: Duration = Duration::from_millis(100);

/// The money in both accounts together.
const TOTAL: u32 = 100;

/// What the threads of a process share. Each process has its own.
static ACCOUNTS: Mutex<[u32; 2]> = Mutex::new([TOTAL, 0]);

/// The names of the crashes, and the functions that crash.
pub const ALL: &[(&str, fn())] = &[
    ("panic", || panic!("no answer from the bank")),
    ("panic-under-lock", transfer),
    ("abort", || process::abort()),
    ("stack-overflow", overflow),
];

/// The crash with this name.
pub fn named(name: &str) -> Option<fn()> {
    ALL.iter()
        .find(|crash| crash.0 == name)
        .map(|crash| crash.1)
}

/// Moves money, and panics in the middle: what was taken has not been given.
fn transfer() {
    let mut accounts = ACCOUNTS.lock().unwrap();
    accounts[0] -= 30;
    panic!("no answer from the bank");
} // the guard is dropped by a panic: that poisons the lock

/// Ends the accounts' poison, if there is one. Returns what it found and did.
pub fn repair() -> Option<String> {
    let poisoned = ACCOUNTS.lock().err()?;
    // The error holds the guard: the data is there, as the panic left it.
    let mut accounts = poisoned.into_inner();
    let found: u32 = accounts.iter().sum();
    accounts[0] = TOTAL - accounts[1];
    ACCOUNTS.clear_poison(); // still locked: nobody comes in between
    drop(accounts);
    let now: u32 = ACCOUNTS.lock().ok()?.iter().sum();
    Some(format!(
        "lock returned Err: {found} of {TOTAL} left; repaired: {now}"
    ))
}

/// Uses up a small stack of its own: that of the main thread may have no bound.
fn overflow() {
    let recursive = thread::Builder::new().name("recursive".into());
    let recursive = recursive.stack_size(64 * 1024).spawn(|| descend(0));
    recursive
        .expect("the system can start a thread")
        .join()
        .unwrap();
}

/// `black_box`, or the optimiser would make a loop of it, or nothing at all.
fn descend(depth: u64) -> u64 {
    if depth == u64::MAX {
        depth
    } else {
        black_box(descend(black_box(depth + 1))) + 1
    }
}
