//! The pattern: jobs go through a NATS server to workers on any machines. Each job
//! gets one answer, even if workers, the coordinator or the server are lost.
//!
//! | file | what it holds |
//! |---|---|
//! | `mod.rs` | the connection, and what the server keeps |
//! | `coordinator.rs` | `map`, which submits jobs and collects the answers |
//! | `worker.rs` | `work`, which does one job after the other |
//!
//! What an expert may want to know:
//!
//! - **A job may be done twice**, when its worker only seemed to be lost. The
//!   second answer replaces the first, but a job must do no harm when repeated.
//! - **All machines need the same version** of your program, because the jobs are
//!   its types. A job that a worker cannot read gets an error as its answer.
//! - **Jobs and answers of more than 1 MiB** are refused. Put large data where all
//!   machines find it (a shared disk, an object store), and its name into the job.
//! - **After a power failure of the server**, the last two minutes may be missing,
//!   unless its configuration says `sync_interval: always` (version 2.10).
//! - **Two programs on one server** need streams and subjects with different names.

mod coordinator;
mod worker;

use std::time::Duration;

use anyhow::{Context, Result};
use async_nats::jetstream;
use async_nats::jetstream::consumer::{Consumer, pull};
use async_nats::jetstream::context::{PublishError, PublishErrorKind};
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::stream::{Config, RetentionPolicy, Stream};
use async_nats::{ConnectOptions, ServerAddr};
use process_pool::pool::Job;

/// A job goes to another worker when its own has been silent for this long. Choose
/// more if your network has longer pauses.
pub const LEASE: Duration = Duration::from_secs(2);
/// After so many workers were lost with it, a job is given up.
pub const MAX_ATTEMPTS: i64 = 3;
/// How many jobs of a run may be in the queue or in work at once.
pub const MAX_QUEUED: usize = 1000;
/// How long the server keeps answers that no coordinator collects.
const MAX_AGE: Duration = Duration::from_secs(24 * 60 * 60);
/// When two of these are missing, the server counts as lost.
const HEARTBEAT: Duration = Duration::from_secs(1);
/// Pause before the next attempt to reach the server.
const PAUSE: Duration = Duration::from_secs(1);
const WORKERS: &str = "workers";

/// What a job returns, or why it has no result.
pub type Answer<J> = Result<<J as Job>::Output, String>;

/// A connection to the server, with its two streams.
pub struct Queue {
    server: jetstream::Context,
    /// The message `jobs.RUN.NUMBER` stays until a worker acknowledges it.
    jobs: Stream,
    /// Of each `answers.RUN.NUMBER`, only the last message is kept.
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
        let mut options = ConnectOptions::new();
        // The client does not read them from the URL.
        if let Some((user, password)) = address.username().zip(address.password()) {
            options = options.user_and_password(user.into(), password.into());
        }
        let client = options
            .connect(address)
            .await
            .with_context(|| format!("cannot connect to {name}"))?;
        let server = jetstream::new(client);
        let jobs = Config {
            name: "JOBS".into(),
            subjects: vec!["jobs.*.*".into()],
            retention: RetentionPolicy::WorkQueue,
            ..Config::default()
        };
        let answers = Config {
            name: "ANSWERS".into(),
            subjects: vec!["answers.*.*".into()],
            max_messages_per_subject: 1,
            max_age: MAX_AGE,
            ..Config::default()
        };
        let no_jetstream = || format!("{name} does not run with --jetstream");
        let jobs = server.get_or_create_stream(jobs);
        let answers = server.get_or_create_stream(answers);
        Ok(Self {
            jobs: jobs.await.with_context(no_jetstream)?,
            answers: answers.await.with_context(no_jetstream)?,
            server,
        })
    }

    /// The consumer that all workers share, so that each job goes to one of them.
    async fn consumer(&self) -> Result<Consumer<pull::Config>> {
        let config = pull::Config {
            durable_name: Some(WORKERS.into()),
            ack_wait: LEASE,
            ..pull::Config::default()
        };
        let consumer = self.jobs.create_consumer(config.clone()).await?;
        // A server that is killed while the queue is empty may number the next jobs
        // from 1 again (2.9 does), and the consumer would wait for larger numbers.
        let last = self.jobs.get_info().await?.state.last_sequence;
        if consumer.cached_info().delivered.stream_sequence <= last {
            return Ok(consumer);
        }
        self.jobs.delete_consumer(WORKERS).await?;
        Ok(self.jobs.create_consumer(config).await?)
    }

    /// Returns when the server has stored the message.
    async fn publish(
        &self,
        subject: String,
        message: PublishMessage,
    ) -> Result<(), PublishError> {
        self.server.send_publish(subject, message).await?.await?;
        Ok(())
    }

    /// Stores an answer, or that it is too large for the server.
    async fn store<J: Job>(&self, name: &str, answer: &Answer<J>) -> Result<()> {
        let subject = format!("answers.{name}");
        let message =
            PublishMessage::build().payload(serde_json::to_vec(answer)?.into());
        match self.publish(subject, message).await {
            Err(error) if error.kind() == PublishErrorKind::MaxPayloadExceeded => {
                let answer: &Answer<J> = &Err("its answer is too large".into());
                Box::pin(self.store::<J>(name, answer)).await
            }
            result => Ok(result?),
        }
    }
}
