//! The stories that both checkers tell, by hand and without a checker.

use story::{DEADLOCK, asks, check, created, found, locks, note, tell, unlocks};

/// Two actors, two locks.
fn begin() -> (usize, usize) {
    check("bank-account", "a case").names(&["A", "B"]).begin();
    (created(), created())
}

/// What has happened since `begin`, and the end.
fn told(end: &str) -> Vec<String> {
    note(Err(end.into()));
    found().story().to_vec()
}

#[test]
fn in_a_deadlock_all_say_what_they_wait_for() {
    let (a, b) = begin();
    for (actor, first, second) in [("one", a, b), ("other", b, a)] {
        asks(actor, first);
        locks(actor, first, Some("1"));
        asks(actor, second);
    }
    let expected = [
        "[one] locks A, finds 1",
        "[other] locks B, finds 1",
        "[one] waits for B, which other holds",
        "[other] waits for A, which one holds",
        DEADLOCK,
    ];
    assert_eq!(told(DEADLOCK), expected);
}

#[test]
fn a_lock_that_is_given_back_is_waited_for_no_more() {
    let (a, _) = begin();
    asks("one", a);
    locks("one", a, None);
    asks("other", a);
    unlocks("one", a, None);
    let expected = ["[one] locks A, unlocks it", DEADLOCK];
    assert_eq!(told(DEADLOCK), expected);
}

#[test]
fn what_is_done_under_a_lock_is_one_line_if_nothing_happens_in_between() {
    let (a, b) = begin();
    locks("one", a, Some("1"));
    unlocks("one", a, Some("2".into()));
    locks("one", a, Some("2"));
    tell("other", b, |name| format!("reads {name}"));
    unlocks("one", a, None);
    let expected = [
        "[one] locks A, finds 1, writes 2, unlocks it",
        "[one] locks A, finds 2",
        "[other] reads B",
        "[one] unlocks A",
        "badly",
    ];
    assert_eq!(told("badly"), expected);
}

#[test]
fn a_new_schedule_is_a_new_story() {
    let (a, _) = begin();
    locks("one", a, None);
    assert_eq!(begin(), (0, 1));
    assert_eq!(told("badly"), ["badly"]);
}

#[test]
#[should_panic(expected = "all 2 schedules end well")]
fn a_bug_that_is_not_found_fails() {
    note(Ok(()));
    note(Ok(()));
    check("bank-account", "a case").fails("badly", &found());
}

#[test]
#[should_panic(expected = "[one] reads A")]
fn a_bug_in_what_should_hold_fails_with_its_story() {
    let (a, _) = begin();
    tell("one", a, |name| format!("reads {name}"));
    note(Err("badly".into()));
    check("bank-account", "a case").holds("all is well", &found());
}
