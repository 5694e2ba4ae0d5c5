//! What word-count alone promises.

use std::fs;
use std::path::Path;
use std::process::Command;

use libtest_mimic::{Failed, Trial};
use support::program::{binary, python_is_missing};
use support::{Example, Finished, Program, ensure, unix_trial};

use crate::faults::same_as_file;

use super::Special;

pub const SPECIAL: Special = Special {
    name: "word-count",
    refused: &[(&["a", "b"], 1, "expected one folder")],
    random: Some(r"(Cores: |_, )[\d.]+(?: times as fast.*)?"),
    trials,
    ..Special::NOTHING
};

fn trials() -> Vec<Trial> {
    let example = Example::named("word-count");
    let missing = python_is_missing(&example);
    let python = example.python();
    vec![
        unix_trial("word-count: a folder", || {
            let run = in_folder(binary("word-count"), None)?;
            same_as_file("word-count", "folder.txt", &run.output)
        }),
        unix_trial("word-count: a folder, in Python", move || {
            let run = in_folder("python3".as_ref(), Some(&python))?;
            let shown = Example::named("word-count").read("folder.txt");
            ensure(run.output == shown, || run.output.clone())
        })
        .with_ignored_flag(missing.is_some())
        .with_kind(missing.unwrap_or_default()),
    ]
}

/// Counts in a folder with all that a folder may have. What cannot be read is
/// named, and the rest is counted.
fn in_folder(program: &Path, script: Option<&Path>) -> Result<Finished, Failed> {
    let run = without_rights(program).args(script).arg("texts");
    let texts = run.work().join("texts");
    fs::create_dir_all(texts.join("below"))?;
    fs::write(
        texts.join("one.txt"),
        "The cat and the hat\n".repeat(20_000),
    )?;
    fs::write(
        texts.join("below/latin-1.txt"),
        b"caf\xe9 THE\tcaf\xe9\x0bcat",
    )?;
    fs::write(texts.join("picture"), b"the\0the")?;
    fs::write(texts.join("line\nfeed"), "")?;
    fs::write(texts.join("secret.txt"), "the")?;
    fs::create_dir(texts.join("closed"))?;
    let links = Command::new("sh")
        .arg("-c")
        .arg(
            "ln -s .. below/circle && ln -s nowhere link && mkfifo pipe && \
             chmod 0 secret.txt closed line*",
        )
        .current_dir(&texts)
        .status()?;
    ensure(links.success(), || links.to_string())?;
    let run = run.run()?;
    fs::remove_dir(texts.join("closed"))?; // or the folder could not be removed
    ensure(run.code() == Some(1), || run.status.to_string())?;
    run.nothing_left()?;
    Ok(run)
}

/// To root, all files are open, unless it gives up two of its capabilities.
fn without_rights(program: &Path) -> Program {
    let user = Command::new("id").arg("-u").output();
    if user.is_ok_and(|user| user.stdout == b"0\n") {
        Program::new("setpriv")
            .args(["--bounding-set", "-dac_override,-dac_read_search"])
            .arg(program)
    } else {
        Program::new(program)
    }
}
