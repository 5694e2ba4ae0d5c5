//! What download-sites alone promises: all downloads are under way at once.

use std::sync::Barrier;

use libtest_mimic::Trial;
use support::{Checked, ensure, trial};
use ureq::Agent;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

use super::downloads::{
    self, PAGE, every_url_has_one_outcome, example, hello, new_certificate, pages,
    serve, serve_securely,
};

use super::Special;

// The file that download-pool has, too.
#[path = "../../examples-threads/download-sites/src/download.rs"]
mod download;

pub const SPECIAL: Special = Special {
    name: "download-sites",
    refused: &[(&["http://127.0.0.1:1/", "--fast"], 2, "--fast")],
    needs_urls: true,
    trials,
    ..Special::NOTHING
};

pub fn trials() -> Vec<Trial> {
    let mut trials = downloads::trials("download-sites");
    trials.extend([
        trial("download-sites: all at once", all_at_once),
        trial("download-sites: 500 URLs", many_urls),
        trial(
            "download-sites: a certificate is trusted or refused",
            certificate,
        ),
    ]);
    trials
}

/// The site answers when nine requests have arrived: if one of the downloads
/// waited for another, none would be done.
fn all_at_once() -> Checked {
    let nine = Barrier::new(9);
    let site = serve(move |path, client| {
        nine.wait();
        hello(path, client)
    });
    let urls = pages(site, 9);
    let run = example("download-sites").args(&urls).run()?;
    ensure(run.status.success(), || run.output.clone())?;
    every_url_has_one_outcome(&run, &urls)
}

fn many_urls() -> Checked {
    let urls = pages(serve(hello), 500);
    let run = example("download-sites").args(&urls).run()?;
    ensure(run.code() == Some(0), || run.output.clone())?;
    every_url_has_one_outcome(&run, &urls)
}

/// Whoever knows the certificate gets the page: what refuses it otherwise is the
/// certificate, and nothing else.
fn certificate() -> Checked {
    let new = new_certificate();
    let url = format!("https://{}/", serve_securely(&new));
    let known = Certificate::from_der(&new.certificate).to_owned();
    let tls = TlsConfig::builder().root_certs(RootCerts::new_with_certs(&[known]));
    let trusting = Agent::config_builder()
        .tls_config(tls.build())
        .build()
        .into();
    let page = download::download(&trusting, &url)?;
    ensure(page == PAGE.as_bytes(), || format!("{page:?}"))?;

    let refused = download::download(&download::agent(), &url);
    let error = refused.err().ok_or("it is not refused")?.to_string();
    ensure(error.contains("UnknownIssuer"), || error)
}
