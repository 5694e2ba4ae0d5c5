use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering::Relaxed;
use std::thread;

use crate::SharedMemory;

/// The same memory, opened another time, as another process does.
fn again(memory: &SharedMemory) -> SharedMemory {
    SharedMemory::open(memory.path()).unwrap()
}

#[test]
fn what_one_writes_the_other_reads() {
    let one = SharedMemory::create().unwrap();
    let other = again(&one);
    assert_eq!(other.counter().load(Relaxed), 0);
    one.counter().store(u64::MAX, Relaxed);
    one.cells()[4].store(-1, Relaxed);
    assert_eq!(other.counter().load(Relaxed), u64::MAX);
    assert_eq!(other.cells()[4].load(Relaxed), -1);
    drop(one);
    assert_eq!(other.counter().load(Relaxed), u64::MAX);
}

#[test]
fn each_that_is_created_is_another() {
    let (one, other) = (
        SharedMemory::create().unwrap(),
        SharedMemory::create().unwrap(),
    );
    one.counter().store(1, Relaxed);
    assert_eq!(other.counter().load(Relaxed), 0);
}

/// Each thread opens the memory for itself, so for the lock it is a process of its
/// own. Without the lock, the two steps would lose most of these.
#[test]
fn the_lock_lets_one_in_at_a_time() {
    const EACH: u64 = 2_000;
    let memory = SharedMemory::create().unwrap();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let mut memory = again(&memory);
                for _ in 0..EACH {
                    let guard = memory.lock().unwrap();
                    let value = guard.counter().load(Relaxed);
                    thread::yield_now();
                    guard.counter().store(value + 1, Relaxed);
                }
            });
        }
    });
    assert_eq!(memory.counter().load(Relaxed), 4 * EACH);
}

#[test]
fn an_interrupted_change_is_told_until_it_is_repaired() {
    let mut memory = SharedMemory::create().unwrap();
    let mut other = again(&memory);
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        let _guard = memory.lock().unwrap();
        panic!("in the middle");
    }));
    assert!(panicked.is_err());
    assert!(other.lock().is_err());
    assert!(memory.lock().is_err(), "it is not repaired");
    let guard = other
        .repair(|memory| memory.counter().store(7, Relaxed))
        .unwrap();
    let third = File::open(guard.path()).unwrap();
    assert!(
        third.try_lock().is_err(),
        "the guard of the repair holds the lock"
    );
    drop(guard);
    assert_eq!(memory.lock().unwrap().counter().load(Relaxed), 7);
    drop(memory.repair(|_| panic!("there is no need")).unwrap());
    drop(other.lock().unwrap());
}

#[test]
fn a_repair_that_panics_is_no_repair() {
    let mut memory = SharedMemory::create().unwrap();
    for failing in [true, false] {
        let caught = catch_unwind(AssertUnwindSafe(|| {
            if failing {
                let _guard = memory.lock().unwrap();
                panic!("in the middle");
            }
            let _ = memory.repair(|_| panic!("again"));
        }));
        assert!(caught.is_err());
        assert!(again(&memory).lock().is_err());
    }
    drop(memory.repair(|_| ()).unwrap());
    assert!(memory.lock().is_ok());
}

#[test]
fn what_is_too_short_or_missing_is_not_opened() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("short");
    assert!(SharedMemory::open(&file).is_err());
    for length in [0, 1, 8, 48] {
        std::fs::write(&file, vec![0; length]).unwrap();
        assert!(SharedMemory::open(&file).is_err(), "{length} bytes");
    }
    std::fs::write(&file, [255; 4096]).unwrap();
    let memory = SharedMemory::open(&file).unwrap();
    assert_eq!(memory.counter().load(Relaxed), u64::MAX);
}

/// A value that takes the lock when it is dropped, as a log or a cache may do.
struct LocksOnDrop(SharedMemory);

impl Drop for LocksOnDrop {
    fn drop(&mut self) {
        let guard = self.0.lock().unwrap();
        guard.counter().fetch_add(1, Relaxed);
    }
}

#[test]
fn a_panic_that_began_before_the_lock_was_taken_does_not_count() {
    let mut memory = SharedMemory::create().unwrap();
    let late = LocksOnDrop(again(&memory));
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        let _late = late;
        panic!("for another reason");
    }));
    assert!(panicked.is_err());
    assert_eq!(memory.lock().unwrap().counter().load(Relaxed), 1);
}

#[test]
fn a_repair_while_the_thread_panics_counts() {
    struct RepairsOnDrop(SharedMemory);
    impl Drop for RepairsOnDrop {
        fn drop(&mut self) {
            drop(self.0.repair(|_| ()).unwrap());
        }
    }
    let mut memory = SharedMemory::create().unwrap();
    let repairs = RepairsOnDrop(again(&memory));
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        let _repairs = repairs; // dropped last
        let _guard = memory.lock().unwrap();
        panic!("in the middle");
    }));
    assert!(panicked.is_err());
    assert!(memory.lock().is_ok());
}

#[test]
fn a_panic_that_was_caught_under_the_lock_does_not_count() {
    let mut memory = SharedMemory::create().unwrap();
    let guard = memory.lock().unwrap();
    assert!(catch_unwind(|| panic!("caught")).is_err());
    drop(guard);
    assert!(memory.lock().is_ok());
}

/// So each process has to open the file for itself.
#[test]
fn a_cloned_file_shares_its_lock() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let clone = file.as_file().try_clone().unwrap();
    file.as_file().lock().unwrap();
    assert!(clone.try_lock().is_ok());
    assert!(file.reopen().unwrap().try_lock().is_err());
}
