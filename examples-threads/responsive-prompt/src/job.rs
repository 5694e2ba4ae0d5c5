//! The pattern: a long job in small steps, which other threads can watch, pause,
//! resume and stop between two steps.

use std::sync::{Condvar, Mutex};

#[derive(Default)]
pub struct Job {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    request: Request,
    /// How many steps are done.
    done: usize,
    /// Whether a step is being done.
    busy: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Request {
    #[default]
    Run,
    Pause,
    Stop,
}

impl Job {
    /// Does the steps, on the thread that calls this. Returns when all are done, or
    /// after `stop`.
    pub fn run(&self, steps: usize, mut step: impl FnMut()) {
        let _ended = Ended(self); // also when a step panics
        while self.may_go_on(steps) {
            step();
            self.state.lock().unwrap().done += 1;
        }
    }

    /// Waits during a pause. Returns `false` after `stop`, and after the last step.
    fn may_go_on(&self, steps: usize) -> bool {
        let mut state = self.state.lock().unwrap();
        while state.request == Request::Pause {
            state.busy = false;
            self.changed.notify_all();
            shared::waiting("resume");
            state = self.changed.wait(state).unwrap();
        }
        state.busy = state.request == Request::Run && state.done < steps;
        state.busy
    }

    /// Returns how many steps are done.
    pub fn progress(&self) -> usize {
        self.state.lock().unwrap().done
    }

    /// Returns when the step that is being done now is over. No other begins.
    /// Returns `false` if the job was stopped, so that there is no pause.
    pub fn pause(&self) -> bool {
        self.ask(Request::Pause);
        let mut state = self.state.lock().unwrap();
        while state.busy && state.request == Request::Pause {
            state = self.changed.wait(state).unwrap();
        }
        state.request != Request::Stop
    }

    /// Returns `false` if the job was stopped.
    pub fn resume(&self) -> bool {
        self.ask(Request::Run)
    }

    /// Lets `run` return after the step that is being done now, also in a pause.
    pub fn stop(&self) {
        self.ask(Request::Stop);
    }

    /// Returns whether the request counts: after `stop`, no other does.
    fn ask(&self, request: Request) -> bool {
        let mut state = self.state.lock().unwrap();
        if state.request != Request::Stop {
            state.request = request;
        }
        self.changed.notify_all();
        state.request == request
    }
}

/// Tells a thread that waits in `pause` that the job has ended.
struct Ended<'a>(&'a Job);

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        self.0.state.lock().unwrap().busy = false;
        self.0.changed.notify_all();
    }
}
