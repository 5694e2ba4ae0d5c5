//! The pattern: a long job in small steps, which other threads can watch, pause,
//! resume and stop between two steps.

use std::sync::{Condvar, Mutex};

pub struct Job {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug)]
struct State {
    request: Request,
    /// How many steps are done.
    done: usize,
    /// Whether a pause is not only wanted: no step is being done now.
    idle: bool,
    ended: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Request {
    Run,
    Pause,
    Stop,
}

impl Job {
    pub fn new() -> Self {
        Self {
            state: Mutex::new(State {
                request: Request::Run,
                done: 0,
                idle: false,
                ended: false,
            }),
            changed: Condvar::new(),
        }
    }

    /// Does the steps, on the thread that calls this. Returns when all are done, or
    /// after `stop`.
    pub fn run(&self, steps: usize, mut step: impl FnMut(usize)) {
        let _ended = Ended(self); // also when a step panics
        for number in 0..steps {
            if !self.may_go_on() {
                return;
            }
            step(number);
            self.state.lock().unwrap().done += 1;
        }
    }

    /// Waits during a pause. Returns `false` after `stop`.
    fn may_go_on(&self) -> bool {
        let mut state = self.state.lock().unwrap();
        while state.request == Request::Pause {
            state.idle = true;
            self.changed.notify_all();
            shared::waiting("resume");
            state = self.changed.wait(state).unwrap();
        }
        state.idle = false;
        state.request == Request::Run
    }

    /// Returns how many steps are done.
    pub fn progress(&self) -> usize {
        self.state.lock().unwrap().done
    }

    /// Returns when the step that is being done now is over. No other begins.
    pub fn pause(&self) {
        self.ask(Request::Pause);
        let mut state = self.state.lock().unwrap();
        while !state.idle && !state.ended && state.request == Request::Pause {
            state = self.changed.wait(state).unwrap();
        }
    }

    pub fn resume(&self) {
        self.ask(Request::Run);
    }

    /// Lets `run` return after the step that is being done now, also in a pause.
    pub fn stop(&self) {
        self.ask(Request::Stop);
    }

    fn ask(&self, request: Request) {
        let mut state = self.state.lock().unwrap();
        if state.request != Request::Stop {
            state.request = request;
        }
        self.changed.notify_all();
    }
}

/// Tells a thread that waits in `pause` that the job has ended.
struct Ended<'a>(&'a Job);

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        self.0.state.lock().unwrap().ended = true;
        self.0.changed.notify_all();
    }
}
