//! What async-downloads alone promises: what it shows is the same in every run, and
//! the figures of its table are as the chapter says.

use std::fs;
use std::sync::Barrier;

use libtest_mimic::Trial;
use regex::Regex;
use support::{
    Checked, Example, Language, common_run, ensure, many_runs, rounds, trial,
};

use super::Special;
use super::downloads::{
    self, NewCertificate, PAGE, every_url_has_one_outcome, example, hello,
    new_certificate, pages, serve, serve_securely,
};
use crate::common_form::common_form;

const NAME: &str = "async-downloads";

pub const SPECIAL: Special = Special {
    name: NAME,
    needs_urls: true,
    random: Some(r" +\d+ KiB|\d+ times"),
    trials,
    ..Special::NOTHING
};

pub fn trials() -> Vec<Trial> {
    let mut trials = downloads::trials(NAME);
    trials.extend([
        trial("async-downloads: all at once", all_at_once),
        trial("async-downloads: 500 URLs", || {
            downloads::all_succeed(NAME, &pages(serve(hello), 500))
        }),
        trial("async-downloads: HTTPS, whole and cut", https),
        trial("async-downloads: the same in many runs", always_the_same),
        trial(
            "async-downloads: tasks wait together, and are small",
            || figures(Language::Rust, 10.0),
        ),
        trial("async-downloads: in Python, too, but larger", || {
            figures(Language::Python, 1.0)
        }),
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
    downloads::all_succeed(NAME, &pages(site, 9))
}

/// The system's certificates are asked: with this one among them, the page comes,
/// and one that was cut does not.
fn https() -> Checked {
    let new = new_certificate();
    let site = serve_securely(&new);
    let urls =
        ["", "cut", "no-length"].map(|path| format!("https://{site}/{path}"));
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("certificates.pem");
    fs::write(&file, pem(&new))?;
    let run = example(NAME).args(&urls).env("SSL_CERT_FILE", file).run()?;
    every_url_has_one_outcome(&run, &urls)?;
    for (site, outcome) in [
        (1, format!("Downloaded {} bytes", PAGE.len())),
        (2, format!("Failed to download {}: peer closed", urls[1])),
        (
            3,
            format!("Failed to download {}: the site does not", urls[2]),
        ),
    ] {
        let start = format!("[site-{site}] {outcome}");
        ensure(run.output.contains(&start), || run.output.clone())?;
    }
    Ok(())
}

fn pem(new: &NewCertificate) -> String {
    const DIGITS: &[u8; 64] =
        b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::from("-----BEGIN CERTIFICATE-----\n");
    for (number, bytes) in new.certificate.chunks(3).enumerate() {
        let mut three = [0; 4];
        three[1..=bytes.len()].copy_from_slice(bytes);
        let bits = u32::from_be_bytes(three);
        for digit in 0..4 {
            let index = (bits >> (18 - 6 * digit)) & 63;
            let padding = digit > bytes.len();
            let byte = if padding {
                b'='
            } else {
                DIGITS[index as usize]
            };
            text.push(char::from(byte));
        }
        if number % 16 == 15 {
            text.push('\n');
        }
    }
    text + "\n-----END CERTIFICATE-----\n"
}

/// Not as many at once as elsewhere, because each starts a thousand threads.
fn always_the_same() -> Checked {
    let command = format!("cargo run -qp {NAME}");
    let shown = Example::named(NAME).printed_in_chapter(&command);
    let shown = shown.ok_or("the chapter does not show the run")?;
    let expected = parts(&shown);
    many_runs(
        rounds(),
        3,
        || example(NAME),
        |run| ensure(parts(&run.output) == expected, || run.output.clone()),
    )
}

/// What comes after the downloads, of which the chapter shows only some.
fn parts(output: &str) -> String {
    let form = common_form(NAME, output);
    let (_, parts) = form.split_once("1000 waits, at most").unwrap_or_default();
    parts.into()
}

/// A thousand waits take less than a tenth of the waits one after the other, and a
/// thread takes at least so many times the memory of a task.
fn figures(language: Language, times: f64) -> Checked {
    let output = common_run(&Example::named(NAME), language, &[])?.output;
    let row =
        Regex::new(r"1000 waits +([\d.]+) s +(\d+) KiB +[\d.]+ s +(\d+) KiB")?;
    let row = row.captures(&output).ok_or_else(|| output.clone())?;
    let figure = |group: usize| row[group].parse::<f64>();
    ensure(figure(1)? < 10.0, || output.clone())?;
    if cfg!(target_os = "linux") {
        ensure(times * figure(2)? <= figure(3)?, || output.clone())?;
    }
    Ok(())
}
