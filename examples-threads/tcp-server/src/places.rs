//! The pattern's bookkeeping: who is being served, at most so many at once.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, Condvar, Mutex};

/// A limited number of places for clients. It ends when it is closed.
pub struct Places<C> {
    state: Mutex<State<C>>,
    changed: Condvar,
    max: usize,
}

struct State<C> {
    clients: BTreeMap<usize, Arc<C>>,
    next_id: usize,
    closed: bool,
}

/// The place of one client, until it is dropped, also by a panic.
pub struct Place<'a, C> {
    places: &'a Places<C>,
    id: usize,
    client: Arc<C>,
}

impl<C> Places<C> {
    /// Has `max` places.
    pub fn new(max: usize) -> Self {
        let state = State {
            clients: BTreeMap::new(),
            next_id: 1,
            closed: false,
        };
        Self {
            state: Mutex::new(state),
            changed: Condvar::new(),
            max,
        }
    }

    /// Waits until a place is free. Returns `false` if the places are closed.
    pub fn wait_for_one(&self) -> bool {
        let full =
            |state: &mut State<C>| !state.closed && state.clients.len() >= self.max;
        let state = self.state.lock().unwrap();
        !self.changed.wait_while(state, full).unwrap().closed
    }

    /// Gives the client a place, unless the places are closed. Only the thread that
    /// has waited for a place may call it.
    pub fn enter(&self, client: C) -> Option<Place<'_, C>> {
        let client = Arc::new(client);
        let mut state = self.state.lock().unwrap();
        if state.closed {
            return None;
        }
        let id = state.next_id;
        state.next_id += 1;
        state.clients.insert(id, Arc::clone(&client));
        let places = self;
        Some(Place { places, id, client })
    }

    /// Returns how many places are taken now.
    pub fn taken(&self) -> usize {
        self.state.lock().unwrap().clients.len()
    }

    /// Returns whether `close` was called.
    pub fn is_closed(&self) -> bool {
        self.state.lock().unwrap().closed
    }

    /// Lets no more clients in, and returns those that are there.
    pub fn close(&self) -> Vec<Arc<C>> {
        let mut state = self.state.lock().unwrap();
        state.closed = true;
        self.changed.notify_all();
        state.clients.values().cloned().collect()
    }
}

impl<C> Deref for Place<'_, C> {
    type Target = C;

    fn deref(&self) -> &C {
        &self.client
    }
}

impl<C> Drop for Place<'_, C> {
    fn drop(&mut self) {
        self.places.state.lock().unwrap().clients.remove(&self.id);
        self.places.changed.notify_all();
    }
}

impl<C> fmt::Debug for State<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids: Vec<_> = self.clients.keys().collect();
        write!(f, "clients {ids:?}, closed: {}", self.closed)
    }
}
