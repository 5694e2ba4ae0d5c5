use std::fs;
use std::thread;

use crate::locked::{only_instance, update};

#[test]
fn only_one_holds_the_lock_until_it_is_dropped() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("lock");
    let first = only_instance(&file).unwrap();
    assert!(first.is_some());
    assert!(only_instance(&file).unwrap().is_none());
    drop(first);
    assert!(only_instance(&file).unwrap().is_some());
}

#[test]
fn threads_that_update_a_file_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("lines.txt");
    thread::scope(|scope| {
        for thread in 0..4 {
            let file = &file;
            scope.spawn(move || {
                for number in 0..50 {
                    let add = |old: &str| format!("{old}{thread} {number}\n");
                    update(file, add).unwrap();
                }
            });
        }
    });
    let text = fs::read_to_string(&file).unwrap();
    assert_eq!(text.lines().count(), 200);
    for thread in 0..4 {
        let lines = text
            .lines()
            .filter(|line| line.starts_with(&thread.to_string()));
        let expected = (0..50).map(|number| format!("{thread} {number}"));
        assert!(lines.eq(expected), "{text}");
    }
}

#[test]
fn what_cannot_be_read_or_written_is_an_error_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file.txt");
    assert!(update(&file.join("no-folder"), |_| String::new()).is_err());
    fs::write(&file, b"\xFF").unwrap(); // no text
    assert!(update(&file, |_| String::new()).is_err());
    assert_eq!(fs::read(&file).unwrap(), b"\xFF");
    fs::create_dir(folder.path().join("file.txt.new")).unwrap();
    fs::write(&file, "old").unwrap();
    assert!(update(&file, |_| "new".into()).is_err());
    assert_eq!(fs::read_to_string(&file).unwrap(), "old");
}
