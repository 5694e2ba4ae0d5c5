//! The pattern: one download, which ends whatever the site does.

use std::time::Duration;

use ureq::http::Version;
use ureq::{Agent, Error};

/// Limit for a whole download, from the look-up of the host to the last byte.
const TIMEOUT: Duration = Duration::from_secs(10);
/// A page must be shorter than this, because it has to fit in memory.
pub const MAX_BODY_LEN: u64 = 10 * 1024 * 1024; // bytes
const MAX_REDIRECTS: u32 = 5;

/// The settings that all downloads share. Many threads can use one agent at once.
pub fn agent() -> Agent {
    Agent::config_builder()
        .timeout_global(Some(TIMEOUT))
        .max_redirects(MAX_REDIRECTS)
        // Each download makes its own connection. The site could close one that was
        // kept from an earlier download, just when the next request is sent.
        .max_idle_connections(0)
        .build()
        .into()
}

/// Returns the whole page, or the reason why there is none, for example
/// `Error::Timeout`, `Error::BodyExceedsLimit`, or `Error::Io` with its kind.
pub fn download(agent: &Agent, url: &str) -> Result<Vec<u8>, Error> {
    let mut request = agent.get(url);
    if url.starts_with("http://127.0.0.1:") {
        // HTTP_PROXY may name another machine, which cannot reach this one.
        request = request.config().proxy(None).build();
    }
    let mut response = request.call()?;
    let headers = response.headers();
    let chunked = response.version() == Version::HTTP_11
        && headers.get("transfer-encoding").is_some_and(|coding| {
            coding.as_bytes().eq_ignore_ascii_case(b"chunked")
        });
    if !chunked
        && !headers.contains_key("content-length")
        && response.status() != 204
    {
        // Such a page ends with the connection. ureq does not tell whether the site
        // has closed the connection or it was cut, so the page may be incomplete.
        return Err(Error::Other("the site does not state a length".into()));
    }
    let body = response.body_mut().with_config();
    body.limit(MAX_BODY_LEN).read_to_vec()
}

/// Makes a URL or an error fit to be printed: hides a name and a password, and
/// escapes what could control the terminal.
pub fn printable(text: &impl ToString) -> String {
    let mut text = text.to_string();
    if let Some((first, at)) = text.find('@').zip(text.rfind('@')) {
        let start = text[..first].find("://").map_or(0, |scheme| scheme + 3);
        let secret = &text[start..at];
        if secret.contains(':') || !secret.contains('/') {
            text.replace_range(start..at, "***");
        }
    }
    text.chars()
        .map(|c| match c {
            ' '..='~' => c.to_string(),
            _ => c.escape_debug().to_string(),
        })
        .collect()
}
