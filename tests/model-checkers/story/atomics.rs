//! Atomics that tell what is done to them, around those of a checker.

/// Makes an atomic of the standard library's name out of a checker's.
#[macro_export]
macro_rules! atomic {
    ($name:ident, $type:ty, $inner:ty, $actor:path) => {
        /// The standard library's, with every access told.
        #[derive(Debug)]
        pub struct $name {
            inner: $inner,
            number: usize,
        }

        impl $name {
            /// A new one that holds `value`.
            pub fn new(value: $type) -> Self {
                Self {
                    inner: <$inner>::new(value),
                    number: $crate::created(),
                }
            }

            /// The value in it.
            pub fn load(&self, order: Ordering) -> $type {
                let found = self.inner.load(order);
                self.tell(|name| format!("reads {found} from {name}"));
                found
            }

            /// Replaces the value.
            pub fn store(&self, value: $type, order: Ordering) {
                self.inner.store(value, order);
                self.tell(|name| format!("writes {value} to {name}"));
            }

            /// Replaces the value and returns the old one.
            pub fn swap(&self, value: $type, order: Ordering) -> $type {
                let old = self.inner.swap(value, order);
                self.tell(|name| format!("replaces {old} in {name} by {value}"));
                old
            }

            /// Replaces the value if it is `current`.
            pub fn compare_exchange(
                &self,
                current: $type,
                new: $type,
                success: Ordering,
                failure: Ordering,
            ) -> Result<$type, $type> {
                let result =
                    self.inner.compare_exchange(current, new, success, failure);
                self.tell(|name| match result {
                    Ok(old) => format!("replaces {old} in {name} by {new}"),
                    Err(found) => format!("finds {found} in {name}, not {current}"),
                });
                result
            }

            /// The same: a checker's never fails without a reason.
            pub fn compare_exchange_weak(
                &self,
                current: $type,
                new: $type,
                success: Ordering,
                failure: Ordering,
            ) -> Result<$type, $type> {
                self.compare_exchange(current, new, success, failure)
            }

            /// The value, when nobody else has it any more.
            pub fn into_inner(self) -> $type {
                self.inner.into_inner()
            }

            fn tell(&self, what: impl FnOnce(&str) -> String) {
                $crate::tell(&$actor(), self.number, what);
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::new(<$type>::default())
            }
        }
    };
}

/// The same for a whole number, which can be added to.
#[macro_export]
macro_rules! atomic_number {
    ($name:ident, $type:ty, $inner:ty, $actor:path) => {
        $crate::atomic!($name, $type, $inner, $actor);

        impl $name {
            /// Adds, wraps around, and returns what was there before.
            pub fn fetch_add(&self, more: $type, order: Ordering) -> $type {
                let old = self.inner.fetch_add(more, order);
                let new = old.wrapping_add(more);
                self.tell(|name| {
                    format!("adds {more} to {name}: {old}, now {new}")
                });
                old
            }

            /// Subtracts, wraps around, and returns what was there before.
            pub fn fetch_sub(&self, less: $type, order: Ordering) -> $type {
                let old = self.inner.fetch_sub(less, order);
                let new = old.wrapping_sub(less);
                self.tell(|name| {
                    format!("takes {less} from {name}: {old}, now {new}")
                });
                old
            }
        }
    };
}
