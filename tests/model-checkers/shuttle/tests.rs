//! What a check that fails prints.

use std::env;
use std::process::Command;

use story::check;

use crate::every_schedule;

const FAIL: &str = "INTERLEAVINGS_FAIL";

#[test]
fn a_check_that_fails_prints_no_words_of_shuttles() {
    if env::var_os(FAIL).is_some() {
        let _ = every_schedule(check("deadlock", "a case"), || Ok(()));
        panic!("the story");
    }
    let test = "tests::a_check_that_fails_prints_no_words_of_shuttles";
    let failed = Command::new(env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(FAIL, "1")
        .output()
        .unwrap();
    let printed = String::from_utf8_lossy(&failed.stderr);
    assert!(printed.contains("the story"), "{printed}");
    assert!(!printed.contains("test panicked in task"), "{printed}");
}
