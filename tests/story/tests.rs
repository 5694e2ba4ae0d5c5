use crate::{
    Story, asks, check, created, found, locks, note, tell, unlocks, with_story,
};

/// Two actors, two locks.
fn begin() -> (usize, usize) {
    check("bank-account", "a case").names(&["A", "B"]).begin();
    (created(), created())
}

fn told() -> Vec<String> {
    with_story(|story| story.lines().collect())
}

#[test]
fn in_a_deadlock_all_say_what_they_wait_for() {
    let (a, b) = begin();
    for (actor, first, second) in [("one", a, b), ("other", b, a)] {
        asks(actor, first);
        locks(actor, first, Some("1"));
        asks(actor, second);
    }
    with_story(Story::tell_who_waits);
    let expected = [
        "[one] locks A, finds 1",
        "[other] locks B, finds 1",
        "[one] waits for B, which other holds",
        "[other] waits for A, which one holds",
    ];
    assert_eq!(told(), expected);
}

#[test]
fn a_lock_that_is_given_back_is_waited_for_no_more() {
    let (a, _) = begin();
    asks("one", a);
    locks("one", a, None);
    asks("other", a);
    unlocks("one", a, None);
    with_story(Story::tell_who_waits);
    assert_eq!(told(), ["[one] locks A, unlocks it"]);
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
    ];
    assert_eq!(told(), expected);
}

#[test]
fn a_new_schedule_is_a_new_story() {
    let (a, _) = begin();
    locks("one", a, None);
    assert_eq!(begin(), (0, 1));
    assert!(told().is_empty());
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
