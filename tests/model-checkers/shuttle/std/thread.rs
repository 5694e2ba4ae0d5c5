//! `std::thread`: threads that the checker runs one at a time.

pub use ::std::thread::*;
pub use shuttle::thread::{
    JoinHandle, LocalKey, Scope, ScopedJoinHandle, ThreadId, park, park_timeout,
    scope, sleep, spawn, yield_now,
};

use ::std::io;
use shuttle::current::{
    get_name_for_task, set_name_for_task, try_get_current_task,
};

/// The current thread. Its name is the one the checker knows, for a scoped thread
/// is named when it runs.
pub fn current() -> Thread {
    let task = try_get_current_task();
    let name = task.and_then(get_name_for_task).map(String::from);
    Thread {
        name,
        handle: shuttle::thread::current(),
    }
}

/// A thread, with its name.
#[derive(Clone, Debug)]
pub struct Thread {
    name: Option<String>,
    handle: shuttle::thread::Thread,
}

impl Thread {
    /// Its name, if it has one.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Its id.
    pub fn id(&self) -> ThreadId {
        self.handle.id()
    }

    /// Lets it go on after `park`.
    pub fn unpark(&self) {
        self.handle.unpark();
    }
}

/// shuttle's builder has no `spawn_scoped`; this one has.
#[derive(Debug, Default)]
#[must_use]
pub struct Builder {
    name: Option<String>,
}

impl Builder {
    /// A thread without a name.
    pub fn new() -> Self {
        Self::default()
    }

    /// Names it.
    pub fn name(self, name: String) -> Self {
        Self { name: Some(name) }
    }

    /// Does nothing: the checker has its own stacks.
    pub fn stack_size(self, _size: usize) -> Self {
        self
    }

    /// Starts it.
    pub fn spawn<T: Send + 'static>(
        self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> io::Result<JoinHandle<T>> {
        Ok(spawn(self.named(work)))
    }

    /// Starts it in a scope.
    pub fn spawn_scoped<'scope, T: Send + 'scope>(
        self,
        scope: &'scope Scope<'scope, '_>,
        work: impl FnOnce() -> T + Send + 'scope,
    ) -> io::Result<ScopedJoinHandle<'scope, T>> {
        Ok(scope.spawn(self.named(work)))
    }

    fn named<T>(self, work: impl FnOnce() -> T) -> impl FnOnce() -> T {
        move || {
            let task = try_get_current_task();
            if let Some((task, name)) = task.zip(self.name) {
                set_name_for_task(task, name);
            }
            work()
        }
    }
}

/// What the story calls the current thread.
pub(crate) fn actor() -> String {
    let thread = current();
    let unnamed = || format!("thread {}", usize::from(thread.id()));
    thread.name().map_or_else(unnamed, Into::into)
}
