//! What the model checkers share: the story of a schedule, who did what in which
//! order, and the file of an example in which it stands.
//!
//! A checker runs all threads of a case on one thread of the system, so the story
//! is in a thread-local, and tests that run side by side do not mix theirs.

pub mod atomics;
mod check;

use std::cell::RefCell;
use std::collections::BTreeMap;

pub use check::{Check, DEADLOCK, Found, check, found, note, panic_text, quietly};

thread_local! {
    static STORY: RefCell<Story> = RefCell::default();
}

/// What has happened in the schedule that is being run.
#[derive(Default)]
struct Story {
    /// What the locks, atomics and so on are called, in the order of creation.
    names: &'static [&'static str],
    objects: usize,
    events: Vec<Event>,
    /// Who holds which lock.
    holders: BTreeMap<usize, String>,
    /// Who wants which lock.
    asking: Vec<(String, usize)>,
}

struct Event {
    actor: String,
    what: String,
    /// The lock that is taken by this event.
    locks: Option<usize>,
}

impl Story {
    fn name(&self, object: usize) -> String {
        let name = self.names.get(object).map(|&name| name.to_owned());
        name.unwrap_or_else(|| format!("object {}", object + 1))
    }

    fn tell(&mut self, actor: &str, what: String) {
        self.events.push(Event {
            actor: actor.to_owned(),
            what,
            locks: None,
        });
    }

    /// In a deadlock, says who waits for what.
    fn tell_who_waits(&mut self) {
        for (actor, lock) in std::mem::take(&mut self.asking) {
            if let Some(holder) = self.holders.get(&lock) {
                let what =
                    format!("waits for {}, which {holder} holds", self.name(lock));
                self.tell(&actor, what);
            }
        }
    }

    fn lines(&self) -> impl Iterator<Item = String> {
        self.events
            .iter()
            .map(|event| format!("[{}] {}", event.actor, event.what))
    }
}

fn with_story<T>(change: impl FnOnce(&mut Story) -> T) -> T {
    STORY.with_borrow_mut(change)
}

/// Something that threads share was created. Returns its number, from 0.
#[must_use]
pub fn created() -> usize {
    with_story(|story| {
        story.objects += 1;
        story.objects - 1
    })
}

/// Adds a line to the story: `what` is told the name of the object.
pub fn tell(actor: &str, object: usize, what: impl FnOnce(&str) -> String) {
    with_story(|story| {
        let what = what(&story.name(object));
        story.tell(actor, what);
    });
}

/// The actor is about to take the lock.
pub fn asks(actor: &str, lock: usize) {
    with_story(|story| story.asking.push((actor.to_owned(), lock)));
}

/// The actor has the lock, and finds `value` in it.
pub fn locks(actor: &str, lock: usize, value: Option<&str>) {
    with_story(|story| {
        story.asking.retain(|ask| (&*ask.0, ask.1) != (actor, lock));
        story.holders.insert(lock, actor.to_owned());
        let finds = value.map(|value| format!(", finds {value}"));
        let what =
            format!("locks {}{}", story.name(lock), finds.unwrap_or_default());
        let actor = actor.to_owned();
        story.events.push(Event {
            actor,
            what,
            locks: Some(lock),
        });
    });
}

/// The actor has given the lock back, and has written `written` into it. Told in
/// one line with the locking, where nothing happened in between.
pub fn unlocks(actor: &str, lock: usize, written: Option<String>) {
    with_story(|story| {
        story.holders.remove(&lock);
        let name = story.name(lock);
        let writes = |written| format!("writes {written}, ");
        let writes = written.map(writes).unwrap_or_default();
        let taken =
            |event: &&mut Event| event.actor == actor && event.locks == Some(lock);
        if let Some(last) = story.events.last_mut().filter(taken) {
            last.what.extend([", ", &writes, "unlocks it"]);
        } else {
            story.tell(actor, format!("{writes}unlocks {name}"));
        }
    });
}

/// What a lock guards, as the story shows it: nothing if it guards nothing, or one
/// end of a channel, about which the story is silent.
pub fn shown(value: &impl std::fmt::Debug) -> Option<String> {
    let shown = format!("{value:?}");
    let silent = shown == "()" || shown.starts_with("Receiver {");
    Some(shown).filter(|_| !silent)
}
