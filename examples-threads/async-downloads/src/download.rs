//! The pattern: one download, which ends whatever the site does.

use std::time::Duration;

use anyhow::{Result, bail, ensure};
use reqwest::{Client, redirect};

/// Limit for a whole download, from the look-up of the host to the last byte.
const TIMEOUT: Duration = Duration::from_secs(10);
/// A page can be this long at most, because it has to fit in memory.
const MAX_BODY_LEN: usize = 10 * 1024 * 1024; // bytes
const MAX_REDIRECTS: usize = 5;

/// The settings that all downloads share. Each task has a clone, which is cheap.
pub fn client(urls: &[String]) -> Result<Client> {
    // `ok`: if your program has chosen another provider already, that one is used.
    let provider = rustls::crypto::ring::default_provider();
    provider.install_default().ok();
    let mut builder = Client::builder()
        .timeout(TIMEOUT)
        .redirect(redirect::Policy::limited(MAX_REDIRECTS))
        // Each download makes its own connection. The site could close one that was
        // kept from an earlier download, just when the next request is sent.
        .pool_max_idle_per_host(0);
    if urls.iter().all(|url| url.starts_with("http://127.0.0.1:")) {
        // HTTP_PROXY may name another machine, which cannot reach this one, and no
        // certificate is needed.
        builder = builder.no_proxy().tls_certs_only([]);
    }
    Ok(builder.build()?)
}

/// Returns the whole page, or the reason why there is none.
pub async fn download(client: &Client, url: &str) -> Result<Vec<u8>> {
    let request = client.get(url);
    let sent = request.send().await?.error_for_status();
    let mut response = sent.map_err(reqwest::Error::without_url)?;
    let headers = response.headers();
    let chunked = headers
        .get("transfer-encoding")
        .is_some_and(|coding| coding.as_bytes().eq_ignore_ascii_case(b"chunked"));
    if !chunked && response.content_length().is_none() {
        // Such a page ends with the connection, so it may be cut.
        bail!("the site does not state a length");
    }
    let mut page = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        let too_long = page.len() + chunk.len() > MAX_BODY_LEN;
        ensure!(!too_long, "longer than {MAX_BODY_LEN} bytes");
        page.extend(chunk);
    }
    Ok(page)
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
