//! What download-sites alone promises: all downloads are under way at once.

use std::sync::Barrier;

use libtest_mimic::Trial;
use rustls::pki_types::CertificateDer;
use support::{Checked, ensure, trial};
use ureq::Agent;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

use super::downloads::{
    self, PAGE, download, every_url_has_one_outcome, example, hello,
    new_certificate, pages, serve, serve_securely,
};

use super::Special;

pub const SPECIAL: Special = Special {
    name: "download-sites",
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
        trial(
            "download-sites: a page that TLS does not end is no page",
            tls_truncated,
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
    downloads::all_succeed("download-sites", &pages(serve(hello), 500))
}

/// An agent that trusts this certificate.
fn agent_trusting(certificate: &CertificateDer<'static>) -> Agent {
    let known = Certificate::from_der(certificate).to_owned();
    let tls = TlsConfig::builder().root_certs(RootCerts::new_with_certs(&[known]));
    Agent::config_builder()
        .tls_config(tls.build())
        .build()
        .into()
}

/// An agent that trusts the certificate gets the page: what refuses it otherwise is
/// the certificate, and nothing else.
fn certificate() -> Checked {
    let new = new_certificate();
    let url = format!("https://{}/", serve_securely(&new));
    let page = download::download(&agent_trusting(&new.certificate), &url)?;
    ensure(page == PAGE.as_bytes(), || format!("{page:?}"))?;

    let refused = download::download(&download::agent(), &url);
    let error = refused.err().ok_or("it is not refused")?.to_string();
    ensure(error.contains("UnknownIssuer"), || error)
}

/// Over TLS, too, a page that was cut is an error, with a stated length or without.
fn tls_truncated() -> Checked {
    let new = new_certificate();
    let site = serve_securely(&new);
    let agent = agent_trusting(&new.certificate);
    for (path, reason) in [
        ("cut", "Peer disconnected"),
        ("no-length", "does not state a length"),
    ] {
        let page = download::download(&agent, &format!("https://{site}/{path}"));
        let error = page.err().ok_or("it is taken for whole")?.to_string();
        ensure(error.contains(reason), || error)?;
    }
    Ok(())
}
