//! `std::sync`: what threads share, with every step told.

pub use ::std::sync::*;
pub use shuttle::sync::{
    BarrierWaitResult, Once, OnceState, WaitTimeoutResult, mpsc,
};

use ::std::fmt::Debug;
use ::std::ops::{Deref, DerefMut};
use ::std::time::Duration;
use shuttle::current::try_get_current_task;

use crate::thread::actor;

pub mod atomic {
    //! `std::sync::atomic`. Every access is taken for `SeqCst`: what weaker
    //! orderings allow besides, only `loom-checks` finds.

    pub use ::std::sync::atomic::*;
    use shuttle::sync::atomic as inner;

    use crate::thread::actor;

    story::atomic!(AtomicBool, bool, inner::AtomicBool, actor);
    story::atomic_number!(AtomicU32, u32, inner::AtomicU32, actor);
    story::atomic_number!(AtomicU64, u64, inner::AtomicU64, actor);
    story::atomic_number!(AtomicUsize, usize, inner::AtomicUsize, actor);
    story::atomic_number!(AtomicI32, i32, inner::AtomicI32, actor);
    story::atomic_number!(AtomicI64, i64, inner::AtomicI64, actor);
    story::atomic_number!(AtomicIsize, isize, inner::AtomicIsize, actor);
}

/// A mutex. The story shows what it guards.
#[derive(Debug)]
pub struct Mutex<T> {
    inner: shuttle::sync::Mutex<T>,
    number: usize,
}

impl<T> Mutex<T> {
    /// A free one that guards `value`.
    pub fn new(value: T) -> Self {
        Self {
            inner: shuttle::sync::Mutex::new(value),
            number: story::created(),
        }
    }

    /// What it guarded.
    pub fn into_inner(self) -> LockResult<T> {
        self.inner.into_inner()
    }

    /// What it guards, for its only owner.
    pub fn get_mut(&mut self) -> LockResult<&mut T> {
        self.inner.get_mut()
    }

    /// Ends its poison.
    pub fn clear_poison(&self) {
        self.inner.clear_poison();
    }
}

impl<T: Default> Default for Mutex<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T: Debug> Mutex<T> {
    /// Waits until it is free, and takes it.
    pub fn lock(&self) -> LockResult<MutexGuard<'_, T>> {
        story::asks(&actor(), self.number);
        match self.inner.lock() {
            Ok(guard) => Ok(self.guard(guard)),
            Err(poisoned) => {
                Err(PoisonError::new(self.guard(poisoned.into_inner())))
            }
        }
    }

    /// Takes it if it is free.
    pub fn try_lock(&self) -> TryLockResult<MutexGuard<'_, T>> {
        match self.inner.try_lock() {
            Ok(guard) => Ok(self.guard(guard)),
            Err(TryLockError::Poisoned(poisoned)) => {
                let guard = self.guard(poisoned.into_inner());
                Err(TryLockError::Poisoned(PoisonError::new(guard)))
            }
            Err(TryLockError::WouldBlock) => {
                let what = |name: &str| format!("finds {name} locked");
                story::tell(&actor(), self.number, what);
                Err(TryLockError::WouldBlock)
            }
        }
    }

    fn guard<'a>(
        &'a self,
        inner: shuttle::sync::MutexGuard<'a, T>,
    ) -> MutexGuard<'a, T> {
        story::locks(&actor(), self.number, story::shown(&*inner).as_deref());
        MutexGuard {
            inner: Some(inner),
            lock: self,
            shown: story::shown,
            written: false,
        }
    }
}

/// Holds the lock of a [`Mutex`].
pub struct MutexGuard<'a, T> {
    /// `None` when it has been given back.
    inner: Option<shuttle::sync::MutexGuard<'a, T>>,
    lock: &'a Mutex<T>,
    shown: fn(&T) -> Option<String>,
    written: bool,
}

impl<T> Drop for MutexGuard<'_, T> {
    fn drop(&mut self) {
        let Some(inner) = self.inner.take() else {
            return;
        };
        let written = self.written.then(|| (self.shown)(&inner)).flatten();
        drop(inner);
        // Not while the checker clears away what is left of a schedule.
        if try_get_current_task().is_some() {
            story::unlocks(&actor(), self.lock.number, written);
        }
    }
}

impl<T> Deref for MutexGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.inner.as_ref().expect("it is held")
    }
}

impl<T> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        self.written = true;
        self.inner.as_mut().expect("it is held")
    }
}

/// A condition variable. The checker wakes nobody without a reason, and no time-out
/// ever comes.
#[derive(Debug)]
pub struct Condvar {
    inner: shuttle::sync::Condvar,
    number: usize,
}

impl Default for Condvar {
    fn default() -> Self {
        Self::new()
    }
}

impl Condvar {
    /// One for which nobody waits.
    pub fn new() -> Self {
        Self {
            inner: shuttle::sync::Condvar::new(),
            number: story::created(),
        }
    }

    /// Gives the lock back, waits until it is woken, and takes the lock again.
    pub fn wait<'a, T: Debug>(
        &self,
        mut guard: MutexGuard<'a, T>,
    ) -> LockResult<MutexGuard<'a, T>> {
        let lock = guard.lock;
        let inner = guard.inner.take().expect("it is held");
        let written = guard.written.then(|| (guard.shown)(&inner)).flatten();
        story::unlocks(&actor(), lock.number, written);
        self.tell(|name| format!("waits for {name}"));
        let inner = self.inner.wait(inner);
        self.tell(|name| format!("is woken by {name}"));
        match inner {
            Ok(inner) => Ok(lock.guard(inner)),
            Err(poisoned) => {
                Err(PoisonError::new(lock.guard(poisoned.into_inner())))
            }
        }
    }

    /// Waits as long as the condition holds.
    pub fn wait_while<'a, T: Debug>(
        &self,
        mut guard: MutexGuard<'a, T>,
        mut condition: impl FnMut(&mut T) -> bool,
    ) -> LockResult<MutexGuard<'a, T>> {
        // Not through the guard, which would say that the condition has written.
        while condition(guard.inner.as_mut().expect("it is held")) {
            guard = self.wait(guard)?;
        }
        Ok(guard)
    }

    /// Like `wait`: no time-out ever comes.
    pub fn wait_timeout<'a, T: Debug>(
        &self,
        guard: MutexGuard<'a, T>,
        limit: Duration,
    ) -> LockResult<(MutexGuard<'a, T>, WaitTimeoutResult)> {
        self.in_time(self.wait(guard), limit)
    }

    /// Like `wait_while`: no time-out ever comes.
    pub fn wait_timeout_while<'a, T: Debug>(
        &self,
        guard: MutexGuard<'a, T>,
        limit: Duration,
        condition: impl FnMut(&mut T) -> bool,
    ) -> LockResult<(MutexGuard<'a, T>, WaitTimeoutResult)> {
        self.in_time(self.wait_while(guard, condition), limit)
    }

    /// Adds that it was in time. Only shuttle can make such a result: here it has
    /// nothing to wait for.
    fn in_time<'a, T>(
        &self,
        woken: LockResult<MutexGuard<'a, T>>,
        limit: Duration,
    ) -> LockResult<(MutexGuard<'a, T>, WaitTimeoutResult)> {
        let poisoned = woken.is_err();
        let mut guard = woken.unwrap_or_else(PoisonError::into_inner);
        let inner = guard.inner.take().expect("it is held");
        let result = self.inner.wait_timeout_while(inner, limit, |_| false);
        let (inner, result) = result.unwrap_or_else(PoisonError::into_inner);
        guard.inner = Some(inner);
        if poisoned {
            Err(PoisonError::new((guard, result)))
        } else {
            Ok((guard, result))
        }
    }

    /// Wakes one of those who wait.
    pub fn notify_one(&self) {
        self.inner.notify_one();
        self.tell(|name| format!("wakes one that waits for {name}"));
    }

    /// Wakes all who wait.
    pub fn notify_all(&self) {
        self.inner.notify_all();
        self.tell(|name| format!("wakes all that wait for {name}"));
    }

    fn tell(&self, what: impl FnOnce(&str) -> String) {
        story::tell(&actor(), self.number, what);
    }
}

/// A barrier.
#[derive(Debug)]
pub struct Barrier {
    inner: shuttle::sync::Barrier,
    number: usize,
}

impl Barrier {
    /// One that waits for so many.
    pub fn new(count: usize) -> Self {
        Self {
            inner: shuttle::sync::Barrier::new(count),
            number: story::created(),
        }
    }

    /// Waits until all are there.
    pub fn wait(&self) -> BarrierWaitResult {
        story::tell(&actor(), self.number, |name| format!("comes to {name}"));
        let result = self.inner.wait();
        story::tell(&actor(), self.number, |name| format!("goes on from {name}"));
        result
    }
}

/// A reader-writer lock with the policy that the standard library's has on Linux:
/// a reader also waits for a writer that is still waiting itself. shuttle's own
/// panics at the second read of a thread, whether a writer waits or not.
#[derive(Debug)]
pub struct RwLock<T> {
    value: ::std::sync::RwLock<T>,
    users: shuttle::sync::Mutex<Users>,
    changed: shuttle::sync::Condvar,
    number: usize,
}

/// Who uses a [`RwLock`].
#[derive(Debug, Default)]
struct Users {
    readers: usize,
    writing: bool,
    waiting_writers: usize,
}

impl Users {
    fn keep_readers_out(&self) -> bool {
        self.writing || self.waiting_writers > 0
    }

    fn keep_writers_out(&self) -> bool {
        self.writing || self.readers > 0
    }
}

impl<T> RwLock<T> {
    /// A free one that guards `value`.
    pub fn new(value: T) -> Self {
        Self {
            value: ::std::sync::RwLock::new(value),
            users: shuttle::sync::Mutex::default(),
            changed: shuttle::sync::Condvar::new(),
            number: story::created(),
        }
    }

    /// Waits until no writer has it or waits for it, and takes it to read.
    pub fn read(&self) -> LockResult<RwLockReadGuard<'_, T>> {
        let mut users = self.users();
        if users.keep_readers_out() {
            self.tell(|name| format!("waits to read {name}"));
        }
        while users.keep_readers_out() {
            users = self.changed.wait(users).expect("nothing panics here");
        }
        self.reader(users)
    }

    /// Waits until no other thread has it, and takes it to write.
    pub fn write(&self) -> LockResult<RwLockWriteGuard<'_, T>> {
        let mut users = self.users();
        if users.keep_writers_out() {
            self.tell(|name| format!("waits to write {name}"));
        }
        users.waiting_writers += 1;
        while users.keep_writers_out() {
            users = self.changed.wait(users).expect("nothing panics here");
        }
        users.waiting_writers -= 1;
        self.writer(users)
    }

    /// Takes it to read, if no writer has it or waits for it.
    pub fn try_read(&self) -> TryLockResult<RwLockReadGuard<'_, T>> {
        let users = self.users();
        if users.keep_readers_out() {
            self.tell(|name| format!("may not read {name}"));
            return Err(TryLockError::WouldBlock);
        }
        Ok(self.reader(users)?)
    }

    /// Takes it to write, if no other thread has it.
    pub fn try_write(&self) -> TryLockResult<RwLockWriteGuard<'_, T>> {
        let users = self.users();
        if users.keep_writers_out() {
            self.tell(|name| format!("may not write {name}"));
            return Err(TryLockError::WouldBlock);
        }
        Ok(self.writer(users)?)
    }

    /// What it guarded.
    pub fn into_inner(self) -> LockResult<T> {
        self.value.into_inner()
    }

    /// What it guards, for its only owner.
    pub fn get_mut(&mut self) -> LockResult<&mut T> {
        self.value.get_mut()
    }

    /// Ends its poison.
    pub fn clear_poison(&self) {
        self.value.clear_poison();
    }

    /// One more reader gets in.
    fn reader(
        &self,
        mut users: shuttle::sync::MutexGuard<'_, Users>,
    ) -> LockResult<RwLockReadGuard<'_, T>> {
        users.readers += 1;
        self.tell(|name| format!("reads {name}"));
        drop(users);
        let guard = |inner| RwLockReadGuard {
            inner: Some(inner),
            lock: self,
        };
        match self.value.try_read() {
            Ok(inner) => Ok(guard(inner)),
            Err(TryLockError::Poisoned(poisoned)) => {
                Err(PoisonError::new(guard(poisoned.into_inner())))
            }
            Err(TryLockError::WouldBlock) => unreachable!("no writer has it"),
        }
    }

    /// The writer gets in.
    fn writer(
        &self,
        mut users: shuttle::sync::MutexGuard<'_, Users>,
    ) -> LockResult<RwLockWriteGuard<'_, T>> {
        users.writing = true;
        self.tell(|name| format!("writes {name}"));
        drop(users);
        let guard = |inner| RwLockWriteGuard {
            inner: Some(inner),
            lock: self,
        };
        match self.value.try_write() {
            Ok(inner) => Ok(guard(inner)),
            Err(TryLockError::Poisoned(poisoned)) => {
                Err(PoisonError::new(guard(poisoned.into_inner())))
            }
            Err(TryLockError::WouldBlock) => unreachable!("no thread has it"),
        }
    }

    fn users(&self) -> shuttle::sync::MutexGuard<'_, Users> {
        self.users.lock().expect("nothing panics here")
    }

    fn give_back(&self, how: impl FnOnce(&mut Users)) {
        // Not while the checker clears away what is left of a schedule.
        if try_get_current_task().is_some() {
            how(&mut self.users());
            self.changed.notify_all();
        }
    }

    fn tell(&self, what: impl FnOnce(&str) -> String) {
        story::tell(&actor(), self.number, what);
    }
}

impl<T: Default> Default for RwLock<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

/// Holds a [`RwLock`] to read.
pub struct RwLockReadGuard<'a, T> {
    /// `None` when it has been given back.
    inner: Option<::std::sync::RwLockReadGuard<'a, T>>,
    lock: &'a RwLock<T>,
}

impl<T> Drop for RwLockReadGuard<'_, T> {
    fn drop(&mut self) {
        drop(self.inner.take());
        self.lock.give_back(|users| users.readers -= 1);
    }
}

impl<T> Deref for RwLockReadGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.inner.as_ref().expect("it is held")
    }
}

/// Holds a [`RwLock`] to write.
pub struct RwLockWriteGuard<'a, T> {
    /// `None` when it has been given back.
    inner: Option<::std::sync::RwLockWriteGuard<'a, T>>,
    lock: &'a RwLock<T>,
}

impl<T> Drop for RwLockWriteGuard<'_, T> {
    fn drop(&mut self) {
        drop(self.inner.take());
        self.lock.give_back(|users| users.writing = false);
    }
}

impl<T> Deref for RwLockWriteGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.inner.as_ref().expect("it is held")
    }
}

impl<T> DerefMut for RwLockWriteGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        self.inner.as_mut().expect("it is held")
    }
}
