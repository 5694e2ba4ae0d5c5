//! Submits jobs, and collects their answers.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Error, Result, ensure};
use async_nats::jetstream::consumer::{AckPolicy, pull};
use async_nats::jetstream::context::PublishErrorKind;
use async_nats::jetstream::message::PublishMessage;
use futures_util::{StreamExt, TryStreamExt};
use process_pool::pool::Job;
use tokio::time;

use super::{Answer, HEARTBEAT, MAX_QUEUED, PAUSE, Queue};

impl Queue {
    /// Lets the workers do the jobs, and returns the answers in the same order. If
    /// this program is killed, call it again with the same jobs and the same name
    /// for the run, and it continues.
    ///
    /// # Errors
    /// If the name cannot be part of a subject. (While the server is away, it
    /// waits.)
    pub async fn map<J: Job>(
        &self,
        run: &str,
        jobs: &[J],
    ) -> Result<Vec<Answer<J>>> {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
        ensure!(
            !run.is_empty() && run.chars().all(is_plain),
            "the name of a run has letters, digits, - and _, not {run:?}"
        );
        let mut answers = BTreeMap::new();
        while let Err(error) = self.collect(run, jobs, &mut answers).await {
            eprintln!("[coordinator] Trying again: {error:#}");
            time::sleep(PAUSE).await;
        }
        // Nothing needs them any more. If this fails, they go when they are old.
        self.jobs.purge().filter(format!("jobs.{run}.*")).await.ok();
        let subject = format!("answers.{run}.*");
        self.answers.purge().filter(subject).await.ok();
        Ok(answers.into_values().collect())
    }

    /// Submits the jobs that have no answer yet, and waits until all have one. What
    /// was done before an error stays done.
    async fn collect<J: Job>(
        &self,
        run: &str,
        jobs: &[J],
        answers: &mut BTreeMap<usize, Answer<J>>,
    ) -> Result<()> {
        self.consumer().await?;
        // First look at the queue and then at the answers, because a job goes from
        // one to the other: what is in neither was never submitted.
        let mut queued = BTreeSet::new();
        let filter = format!("jobs.{run}.*");
        let mut subjects = self.jobs.info_with_subjects(filter).await?;
        while let Some((subject, _)) = subjects.try_next().await? {
            queued.insert(number(&subject)?);
        }
        let config = pull::Config {
            filter_subject: format!("answers.{run}.*"),
            ack_policy: AckPolicy::None,
            ..pull::Config::default()
        };
        let consumer = self.answers.create_consumer(config).await?;
        let mut stored = consumer.cached_info().num_pending;
        let mut messages =
            consumer.stream().heartbeat(HEARTBEAT).messages().await?;

        let mut numbers = 1..=jobs.len();
        loop {
            // When the stored answers are read, submit jobs, but not too many.
            while stored == 0
                && queued.len() < MAX_QUEUED
                && let Some(number) = numbers.next()
            {
                if !answers.contains_key(&number) && queued.insert(number) {
                    let name = format!("{run}.{number}");
                    self.submit(&name, &jobs[number - 1]).await?;
                }
            }
            if answers.len() == jobs.len() {
                return Ok(());
            }
            // Then wait for an answer.
            shared::waiting("answers");
            let message = messages.next().await.context("no more answers")??;
            stored = message.info().map_err(Error::from_boxed)?.pending;
            let number = number(&message.subject)?;
            if (1..=jobs.len()).contains(&number) {
                let answer = serde_json::from_slice(&message.payload);
                answers.insert(
                    number,
                    answer.unwrap_or_else(|error| Err(error.to_string())),
                );
            }
            queued.remove(&number);
        }
    }

    async fn submit<J: Job>(&self, name: &str, job: &J) -> Result<()> {
        let payload = serde_json::to_vec(job)?.into();
        let message = PublishMessage::build().payload(payload);
        match self.publish(format!("jobs.{name}"), message).await {
            Err(error) if error.kind() == PublishErrorKind::MaxPayloadExceeded => {
                self.store::<J>(name, &Err("it is too large".into())).await
            }
            result => Ok(result?),
        }
    }
}

/// The number of a job, from the end of its subject.
fn number(subject: &str) -> Result<usize> {
    let (_, number) = subject.rsplit_once('.').context("no number")?;
    Ok(number.parse()?)
}
