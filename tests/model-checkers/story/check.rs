//! A case, its schedules, and the file that says how they ended.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Once;
use std::{env, fs, panic};

use timeline::examples;

use crate::{Story, with_story};

/// How a schedule ends in which everybody waits for somebody.
pub const DEADLOCK: &str = "No thread can continue: a deadlock.";

/// A case that a checker runs in every schedule.
#[derive(Clone, Copy)]
#[must_use]
pub struct Check {
    example: &'static str,
    case: &'static str,
    names: &'static [&'static str],
}

/// A case of an example, such as `two deposits`. What comes of it stands in the
/// example's file `schedules/two-deposits.txt`.
pub fn check(example: &'static str, case: &'static str) -> Check {
    Check {
        example,
        case,
        names: &[],
    }
}

/// What a checker has found.
#[derive(Default)]
pub struct Found {
    schedules: usize,
    /// How schedules ended badly, and how many of them.
    bad: BTreeMap<String, usize>,
    /// The shortest story of a bad one, and its end.
    story: Vec<String>,
}

thread_local! {
    static FOUND: RefCell<Found> = RefCell::default();
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Calls `search`, and lets this thread's panics pass without a word: they are what
/// is searched for.
pub fn quietly<T>(search: impl FnOnce() -> T) -> T {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let hook = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            if !QUIET.get() {
                hook(panic);
            }
        }));
    });
    QUIET.set(true);
    let result = search();
    QUIET.set(false);
    result
}

/// Notes how the schedule ended that was begun last.
pub fn note(end: Result<(), String>) {
    FOUND.with_borrow_mut(|found| {
        found.schedules += 1;
        let Err(end) = end else { return };
        let story = with_story(|story| {
            if end == DEADLOCK {
                story.tell_who_waits();
            }
            story.lines().chain([end.clone()]).collect::<Vec<_>>()
        });
        if found.bad.is_empty() || story.len() < found.story.len() {
            found.story = story;
        }
        *found.bad.entry(end).or_default() += 1;
    });
}

/// Takes what was found since the last time.
#[must_use]
pub fn found() -> Found {
    FOUND.take()
}

impl Found {
    /// The shortest story of a schedule that ended badly, and its end.
    #[must_use]
    pub fn story(&self) -> &[String] {
        &self.story
    }
}

impl Check {
    /// What the story calls the locks, atomics and so on, in the order of their
    /// creation.
    pub fn names(self, names: &'static [&'static str]) -> Self {
        Self { names, ..self }
    }

    /// A new schedule begins: the story so far is forgotten.
    pub fn begin(&self) {
        let names = self.names;
        with_story(|story| {
            *story = Story {
                names,
                ..Story::default()
            }
        });
    }

    /// Every schedule ended well, which proves the promise.
    ///
    /// # Panics
    ///
    /// If one did not, with its story, or if the file says something else.
    pub fn holds(&self, promise: &str, found: &Found) {
        let Found { schedules, bad, .. } = found;
        assert!(bad.is_empty(), "{}", self.shortest(found));
        assert!(
            *schedules > 1,
            "there is nothing to choose: {schedules} schedule"
        );
        self.write(&format!(
            "All {schedules} schedules of {}: {promise}.\n",
            self.case
        ));
    }

    /// Some schedules ended badly, all of those with `end`.
    ///
    /// # Panics
    ///
    /// If none did, or one in another way, or if the file says something else.
    pub fn fails(&self, end: &str, found: &Found) {
        let Found { schedules, bad, .. } = found;
        assert!(!bad.is_empty(), "all {schedules} schedules end well");
        let as_expected = bad.keys().all(|bad| bad == end);
        assert!(as_expected, "{bad:?}\n{}", self.shortest(found));
        self.write(&self.shortest(found));
    }

    fn shortest(
        &self,
        Found {
            schedules,
            bad,
            story,
        }: &Found,
    ) -> String {
        let bad: usize = bad.values().sum();
        format!(
            "{bad} of {schedules} schedules of {} go wrong. The shortest:\n\n{}\n",
            self.case,
            story.join("\n"),
        )
    }

    /// Compares with the file, to the letter, or writes it if `UPDATE` is set.
    fn write(&self, text: &str) {
        print!("{text}");
        let file = format!("{}.txt", self.case.replace(' ', "-"));
        let file = folder(self.example).join("schedules").join(file);
        if env::var_os("UPDATE").is_some() {
            fs::create_dir_all(file.parent().expect("it is in a folder"))
                .and_then(|()| fs::write(&file, text))
                .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        }
        let there = fs::read_to_string(&file).unwrap_or_default();
        let file = file.display();
        assert!(
            there == text,
            "{file} (UPDATE=1 writes it) says:\n{there}\nnot:\n{text}"
        );
    }
}

/// The folder of the example with this name.
fn folder(example: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(3)
        .expect("tests/model-checkers/story is inside");
    let examples = examples::below(root).expect("the root can be read");
    let found = examples.into_iter().find(|found| found.name == example);
    found
        .unwrap_or_else(|| panic!("no example is called {example}"))
        .folder
}

/// The text of a panic.
#[must_use]
pub fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let literal = panic.downcast_ref::<&str>().map(ToString::to_string);
    let text = literal.or_else(|| panic.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "a panic without words".into())
}
