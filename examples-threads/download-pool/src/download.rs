//! One download, which comes to an end whatever the site does.

use std::time::Duration;

use anyhow::{Result, anyhow};
use ureq::{Agent, Error};

/// How long one download may take in all, from the name of its host to its last
/// byte.
const TIMEOUT: Duration = Duration::from_secs(10);
/// A longer page is refused: it would have to fit in memory.
pub const LONGEST_BODY: u64 = 10 * 1024 * 1024; // bytes
const MOST_REDIRECTS: u32 = 5;

/// What all downloads share: these limits, and connections to be used again. Many
/// threads may use it at once; a clone is the same agent.
pub fn agent() -> Agent {
    Agent::config_builder()
        .timeout_global(Some(TIMEOUT))
        .max_redirects(MOST_REDIRECTS)
        .build()
        .into()
}

/// Downloads what is at `url`. Fails when that takes too long or is too long, and
/// when the site answers with an error.
pub fn download(agent: &Agent, url: &str) -> Result<Vec<u8>> {
    get(agent, url).map_err(|error| match error {
        Error::Timeout(_) => anyhow!("not done after {TIMEOUT:?}"),
        Error::BodyExceedsLimit(_) => anyhow!("longer than {LONGEST_BODY} bytes"),
        other => other.into(),
    })
}

fn get(agent: &Agent, url: &str) -> Result<Vec<u8>, Error> {
    let mut request = agent.get(url);
    if url.starts_with("http://127.0.0.1:") {
        // No proxy, even if HTTP_PROXY names one: it is on another machine.
        request = request.config().proxy(None).build();
    }
    let mut response = request.call()?;
    // ureq refuses what is as long as its limit.
    response
        .body_mut()
        .with_config()
        .limit(LONGEST_BODY + 1)
        .read_to_vec()
}
