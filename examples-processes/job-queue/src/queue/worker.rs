//! Does one job after the other.

use std::sync::Arc;

use anyhow::{Context, Error, Result};
use async_nats::jetstream::stream::LastRawMessageErrorKind;
use async_nats::jetstream::{AckKind, Message};
use futures_util::StreamExt;
use process_pool::pool::{Cause, Job, JobError, Pool};
use tokio::sync::watch;
use tokio::{select, task, time};

use super::{Answer, HEARTBEAT, LEASE, MAX_ATTEMPTS, PAUSE, Queue};

impl Queue {
    /// Takes one job after the other and lets the pool do it. When `stop` becomes
    /// true, it finishes the job that it has, and returns.
    pub async fn work<J: Job>(
        &self,
        name: &str,
        pool: Pool,
        mut stop: watch::Receiver<bool>,
    ) {
        let pool = Arc::new(pool);
        while !*stop.borrow()
            && let Err(error) = self.take_jobs::<J>(name, &pool, &mut stop).await
        {
            eprintln!("[{name}] Trying again: {error:#}");
            time::sleep(PAUSE).await;
        }
    }

    async fn take_jobs<J: Job>(
        &self,
        worker: &str,
        pool: &Arc<Pool>,
        stop: &mut watch::Receiver<bool>,
    ) -> Result<()> {
        let mut messages = self
            .consumer()
            .await?
            .stream()
            // With more, a worker would hold jobs that others could do.
            .max_messages_per_batch(1)
            .heartbeat(HEARTBEAT)
            .messages()
            .await?;
        loop {
            let message = select! {
                message = messages.next() => message.context("no more jobs")??,
                _ = stop.wait_for(|stop| *stop) => return Ok(()),
            };
            self.take::<J>(worker, &message, pool, stop).await?;
        }
    }

    async fn take<J: Job>(
        &self,
        worker: &str,
        message: &Message,
        pool: &Arc<Pool>,
        stop: &watch::Receiver<bool>,
    ) -> Result<()> {
        let attempt = message.info().map_err(Error::from_boxed)?.delivered;
        let subject = message.subject.as_str();
        let name = subject.strip_prefix("jobs.").context("not a job")?;
        // A worker may have been lost after its answer, before it acknowledged.
        if !self.is_answered(name).await? {
            println!("[{worker}] Job {name}, attempt {attempt}");
            let answer = if attempt > MAX_ATTEMPTS {
                // It would cost one worker after the other.
                Some(Err(format!("given up, {MAX_ATTEMPTS} workers were lost")))
            } else {
                do_job::<J>(message, attempt, pool).await?
            };
            let Some(answer) = answer else {
                let again = message.ack_with(AckKind::Nak(None)).await;
                return again.map_err(Error::from_boxed);
            };
            // An answer may have taken hours: try until the server has it.
            while let Err(error) = self.store::<J>(name, &answer).await {
                if *stop.borrow() {
                    return Err(error); // another worker will do the job again
                }
                eprintln!("[{worker}] Trying again: {error:#}");
                time::sleep(PAUSE).await;
            }
        }
        // Only now, because the server forgets a job that is acknowledged.
        message.double_ack().await.map_err(Error::from_boxed)
    }

    async fn is_answered(&self, name: &str) -> Result<bool> {
        let subject = format!("answers.{name}");
        match self.answers.get_last_raw_message_by_subject(&subject).await {
            Ok(_) => Ok(true),
            Err(error) => match error.kind() {
                LastRawMessageErrorKind::NoMessageFound => Ok(false),
                _ => Err(error.into()),
            },
        }
    }
}

/// Does the job, and extends the lease meanwhile. `None` if it is worth another
/// attempt.
async fn do_job<J: Job>(
    message: &Message,
    attempt: i64,
    pool: &Arc<Pool>,
) -> Result<Option<Answer<J>>> {
    let job: J = match serde_json::from_slice(&message.payload) {
        Ok(job) => job,
        Err(error) => return Ok(Some(Err(error.to_string()))),
    };
    let pool = Arc::clone(pool);
    // `wait` blocks, so it needs a thread of its own.
    let mut result = task::spawn_blocking(move || pool.submit(job).wait());
    let result = loop {
        select! {
            result = &mut result => break result?,
            () = time::sleep(LEASE / 3) => {
                // If this fails, the lease may run out, and the job is done twice.
                message.ack_with(AckKind::Progress).await.ok();
            }
        }
    };
    Ok(match result {
        Ok(output) => Some(Ok(output)),
        // Another machine may have more memory, or be faster.
        Err(JobError { cause, .. }) => match cause {
            Cause::Died(_) | Cause::TimedOut if attempt < MAX_ATTEMPTS => None,
            Cause::Died(_) | Cause::TimedOut => {
                Some(Err(format!("given up after {attempt} attempts: {cause}")))
            }
            Cause::Panicked(_) | Cause::Lost(_) => Some(Err(cause.to_string())),
        },
    })
}
