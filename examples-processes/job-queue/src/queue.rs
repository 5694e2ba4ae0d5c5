//! The pattern: jobs go through a NATS server to workers on any machines. Each job
//! gets one answer, even if workers, the coordinator or the server are lost.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Error, Result, ensure};
use async_nats::ServerAddr;
use async_nats::jetstream::consumer::{AckPolicy, pull};
use async_nats::jetstream::context::PublishErrorKind;
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::stream::{self, LastRawMessageErrorKind, Stream};
use async_nats::jetstream::{self, AckKind, Message};
use futures_util::StreamExt;
use process_pool::pool::{Cause, Job, Pool};
use tokio::sync::watch;
use tokio::{select, task, time};

/// A job goes to another worker when its own has been silent for this long.
pub const LEASE: Duration = Duration::from_secs(2);
/// A job that has cost so many workers gets an error as its answer.
pub const MAX_ATTEMPTS: i64 = 3;
/// How many jobs of a run may be in the queue or in work at once.
const MAX_QUEUED: usize = 1000;
/// Without a sign of life for two of these, the server counts as lost.
const HEARTBEAT: Duration = Duration::from_secs(1);
/// Pause before another attempt to reach the server.
const PAUSE: Duration = Duration::from_secs(1);
/// How long the server keeps the answers of a run that was given up.
const MAX_AGE: Duration = Duration::from_secs(24 * 60 * 60);

/// What a job returns, or why it has no result.
pub type Answer<J> = Result<<J as Job>::Output, String>;

/// A connection to the server, with its two streams.
pub struct Queue {
    server: jetstream::Context,
    /// The message `jobs.RUN.NUMBER` stays until a worker acknowledges it.
    jobs: Stream,
    /// The message `answers.RUN.NUMBER`. A second one replaces the first.
    answers: Stream,
}

impl Queue {
    /// Connects, for example to `nats://user:password@10.0.0.1:4222`.
    ///
    /// # Errors
    /// If the server cannot be reached, or runs without `--jetstream`.
    pub async fn connect(url: &str) -> Result<Self> {
        let address: ServerAddr = url.parse().context("NATS_URL is not a URL")?;
        let name = format!("{}:{}", address.host(), address.port()); // no password
        let client = async_nats::connect(address)
            .await
            .with_context(|| format!("cannot connect to {name}"))?;
        let server = jetstream::new(client);
        let jobs = server.get_or_create_stream(stream::Config {
            name: "JOBS".into(),
            subjects: vec!["jobs.*.*".into()],
            retention: stream::RetentionPolicy::WorkQueue,
            ..stream::Config::default()
        });
        let answers = server.get_or_create_stream(stream::Config {
            name: "ANSWERS".into(),
            subjects: vec!["answers.*.*".into()],
            max_messages_per_subject: 1,
            max_age: MAX_AGE,
            ..stream::Config::default()
        });
        let message = || format!("{name} has no JetStream");
        Ok(Self {
            jobs: jobs.await.with_context(message)?,
            answers: answers.await.with_context(message)?,
            server,
        })
    }

    /// Lets the workers do the jobs, and returns the answers in the same order. If
    /// this program is killed, another one that calls this with the same name for
    /// the run and the same jobs continues.
    ///
    /// # Errors
    /// If there are answers of a run with the same name and more jobs.
    pub async fn map<J: Job>(
        &self,
        run: &str,
        jobs: &[J],
    ) -> Result<Vec<Answer<J>>> {
        let mut answers = BTreeMap::new();
        while let Err(error) = self.collect(run, jobs, &mut answers).await {
            eprintln!("[coordinator] trying again: {error:#}");
            time::sleep(PAUSE).await;
        }
        ensure!(
            answers.len() == jobs.len(),
            "there was a longer run {run:?}"
        );
        let subject = format!("answers.{run}.*");
        self.answers.purge().filter(subject).await.ok(); // or they get too old
        Ok(answers.into_values().collect())
    }

    /// Submits the jobs that have no answer, and waits until all have one. If it
    /// fails, it may be called again: what is done stays done.
    async fn collect<J: Job>(
        &self,
        run: &str,
        jobs: &[J],
        answers: &mut BTreeMap<usize, Answer<J>>,
    ) -> Result<()> {
        let consumer = self
            .answers
            .create_consumer(pull::Config {
                filter_subject: format!("answers.{run}.*"),
                ack_policy: AckPolicy::None,
                ..pull::Config::default()
            })
            .await?;
        // The answers that are there already come first.
        let mut stored = consumer.cached_info().num_pending;
        let mut messages =
            consumer.stream().heartbeat(HEARTBEAT).messages().await?;
        let mut numbers = 1..=jobs.len();
        let mut queued = BTreeSet::new();
        loop {
            while stored == 0
                && queued.len() < MAX_QUEUED
                && let Some(number) = numbers.next()
            {
                if !answers.contains_key(&number) {
                    self.submit(run, number, &jobs[number - 1]).await?;
                    queued.insert(number);
                }
            }
            if answers.len() >= jobs.len() {
                return Ok(());
            }
            let message = messages.next().await.context("no more answers")??;
            stored = stored.saturating_sub(1);
            let (_, number) =
                message.subject.rsplit_once('.').context("subject")?;
            let number = number.parse()?;
            let answer = serde_json::from_slice(&message.payload)
                .unwrap_or_else(|error| Err(format!("cannot be read: {error}")));
            answers.insert(number, answer);
            queued.remove(&number);
        }
    }

    async fn submit<J: Job>(
        &self,
        run: &str,
        number: usize,
        job: &J,
    ) -> Result<()> {
        let message = PublishMessage::build()
            .payload(serde_json::to_vec(job)?.into())
            // Refused if the queue has it already, from an earlier coordinator.
            .expected_last_subject_sequence(0);
        let subject = format!("jobs.{run}.{number}");
        match self.server.send_publish(subject, message).await?.await {
            Err(error) if error.kind() == PublishErrorKind::WrongLastSequence => {
                Ok(())
            }
            result => Ok(result.map(|_| ())?),
        }
    }

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
            eprintln!("[worker-{name}] trying again: {error:#}");
            time::sleep(PAUSE).await;
        }
    }

    async fn take_jobs<J: Job>(
        &self,
        worker: &str,
        pool: &Arc<Pool>,
        stop: &mut watch::Receiver<bool>,
    ) -> Result<()> {
        let config = pull::Config {
            durable_name: Some("workers".into()),
            ack_wait: LEASE,
            ..pull::Config::default()
        };
        // All workers share this consumer, so each job goes to one of them.
        let consumer = self.jobs.get_or_create_consumer("workers", config).await?;
        let mut messages = consumer
            .stream()
            .max_messages_per_batch(1) // or it would hold jobs that others could do
            .heartbeat(HEARTBEAT)
            .messages()
            .await?;
        loop {
            select! {
                message = messages.next() => {
                    let message = message.context("no more jobs")??;
                    self.take_job::<J>(worker, &message, pool).await?;
                }
                _ = stop.wait_for(|stop| *stop) => return Ok(()),
            }
        }
    }

    async fn take_job<J: Job>(
        &self,
        worker: &str,
        message: &Message,
        pool: &Arc<Pool>,
    ) -> Result<()> {
        let attempt = message.info().map_err(Error::from_boxed)?.delivered;
        let name = message.subject.strip_prefix("jobs.").context("subject")?;
        let subject = format!("answers.{name}");
        // A worker may have been lost between its answer and its acknowledgement.
        if !self.is_answered(&subject).await? {
            println!("[worker-{worker}] Job {name}, attempt {attempt}");
            let answer = if attempt > MAX_ATTEMPTS {
                // Else it would cost one worker after the other.
                Some(Err(format!("given up, {MAX_ATTEMPTS} workers were lost")))
            } else {
                do_job::<J>(message, attempt, pool).await?
            };
            let Some(answer) = answer else {
                let again = message.ack_with(AckKind::Nak(None)).await;
                return again.map_err(Error::from_boxed);
            };
            self.store(&subject, &serde_json::to_vec(&answer)?).await;
        }
        // Only now: an acknowledged job is not done again.
        message.double_ack().await.map_err(Error::from_boxed)
    }

    async fn is_answered(&self, subject: &str) -> Result<bool> {
        match self.answers.get_last_raw_message_by_subject(subject).await {
            Ok(_) => Ok(true),
            Err(error)
                if error.kind() == LastRawMessageErrorKind::NoMessageFound =>
            {
                Ok(false)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Tries until the server has the answer on its disk.
    async fn store(&self, subject: &str, answer: &[u8]) {
        loop {
            let message = PublishMessage::build().payload(answer.to_vec().into());
            let error =
                match self.server.send_publish(subject.to_owned(), message).await {
                    Ok(acknowledged) => match acknowledged.await {
                        Ok(_) => return,
                        Err(error) => error,
                    },
                    Err(error) => error,
                };
            eprintln!("[worker] cannot store an answer: {error}");
            time::sleep(PAUSE).await;
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
        Err(error) => return Ok(Some(Err(format!("cannot be read: {error}")))),
    };
    let pool = Arc::clone(pool);
    // It blocks, so it needs a thread.
    let mut result = task::spawn_blocking(move || pool.submit(job).wait());
    let result = loop {
        select! {
            result = &mut result => break result?,
            () = time::sleep(LEASE / 3) => {
                message.ack_with(AckKind::Progress).await.ok();
            }
        }
    };
    Ok(match result {
        Ok(output) => Some(Ok(output)),
        Err(error) => match error.cause {
            // Another machine may have more memory, or be faster.
            Cause::Died(_) | Cause::TimedOut if attempt < MAX_ATTEMPTS => None,
            cause @ (Cause::Died(_) | Cause::TimedOut) => {
                Some(Err(format!("given up after {attempt} attempts: {cause}")))
            }
            cause => Some(Err(cause.to_string())),
        },
    })
}
