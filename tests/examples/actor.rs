//! What actor alone promises.

use std::thread;

use libtest_mimic::Trial;
use support::{Checked, ensure, rounds, trial};
use tokio::runtime;
use tokio::sync::{mpsc, oneshot};

use crate::runs;

use super::Special;

pub const SPECIAL: Special = Special {
    name: "actor",
    trials,
    ..Special::NOTHING
};

pub fn trials() -> Vec<Trial> {
    vec![
        trial("actor: the same in many runs", || {
            runs::always_the_same("actor", rounds())
        }),
        trial("actor: under tokio", under_tokio),
    ]
}

/// A deposit, with the sender for the new balance.
type Request = (u64, oneshot::Sender<u64>);

/// The owner is a task. Another task and some threads without a runtime ask it, and
/// have to wait for room.
fn under_tokio() -> Checked {
    let (account, requests) = mpsc::channel(1);
    let mut threads = Vec::new();
    for _ in 0..4 {
        let account = account.clone();
        threads.push(thread::spawn(move || {
            for _ in 0..50 {
                let (sender, answer) = oneshot::channel();
                account.blocking_send((1, sender)).expect("the owner lives");
                answer.blocking_recv().expect("the owner answers");
            }
        }));
    }
    let runtime = runtime::Builder::new_current_thread().build()?;
    let (answered, returned) = runtime.block_on(async {
        let owner = tokio::spawn(serve(100, requests));
        let mut answered = 0;
        for _ in 0..50 {
            let (sender, answer) = oneshot::channel();
            account.send((1, sender)).await?;
            answered = answer.await?;
        }
        drop(account);
        Ok::<_, anyhow::Error>((answered, owner.await?))
    })?;
    for thread in threads {
        thread.join().expect("it does not panic");
    }
    ensure((150..=350).contains(&answered), || answered.to_string())?;
    ensure(returned == 350, || returned.to_string())
}

async fn serve(mut balance: u64, mut requests: mpsc::Receiver<Request>) -> u64 {
    while let Some((amount, answer)) = requests.recv().await {
        balance += amount;
        answer.send(balance).ok();
    }
    balance
}
