//! The pattern: one thread owns the balance, and the others send it requests.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

const WORK_TIME: Duration = Duration::from_millis(10);

/// What others can ask for, each with the sender for its answer.
enum Request {
    Balance(Sender<u64>),
    SetBalance(u64, Sender<()>),
    Deposit(u64, Sender<u64>),
}

/// A handle. Each thread that uses the account has a clone of it.
#[derive(Clone)]
pub struct Account {
    requests: Sender<Request>,
}

impl Account {
    /// Starts the owner. It returns the balance when all handles are dropped.
    pub fn open(balance: u64) -> (Self, JoinHandle<u64>) {
        let (sender, receiver) = channel();
        let owner = thread::spawn(move || serve(balance, receiver));
        (Self { requests: sender }, owner)
    }

    /// Asks for the balance.
    pub fn balance(&self) -> Receiver<u64> {
        self.ask(Request::Balance)
    }

    /// Replaces the balance. Broken after `balance`: a deposit may come in between.
    pub fn set_balance(&self, balance: u64) -> Receiver<()> {
        self.ask(|answer| Request::SetBalance(balance, answer))
    }

    /// Adds `amount`. The answer is the new balance.
    pub fn deposit(&self, amount: u64) -> Receiver<u64> {
        self.ask(|answer| Request::Deposit(amount, answer))
    }

    fn ask<T>(&self, request: impl FnOnce(Sender<T>) -> Request) -> Receiver<T> {
        let (sender, answer) = channel();
        // If the owner is gone, so is the sender, and `answer.recv()` is an error.
        self.requests.send(request(sender)).ok();
        answer
    }
}

fn serve(mut balance: u64, requests: Receiver<Request>) -> u64 {
    shared::lane("owner");
    // Ends when no handle is left and all requests have been served.
    for request in requests {
        let _span = shared::span("request");
        thread::sleep(WORK_TIME); // your work
        // `ok`: a thread that no longer waits for its answer is no error.
        match request {
            Request::Balance(answer) => answer.send(balance).ok(),
            Request::SetBalance(new, answer) => {
                balance = new;
                answer.send(()).ok()
            }
            Request::Deposit(amount, answer) => {
                balance = balance.checked_add(amount).expect("the account is full");
                answer.send(balance).ok()
            }
        };
    }
    balance
}
