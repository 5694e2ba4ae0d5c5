//! The pool for systems that are no Unix. On Unix it is a copy with other words in
//! its `cfg`s.

use std::fs;

use libtest_mimic::Failed;
use support::program::without_shared;
use support::{Checked, Program, ensure, root};

use crate::copies::{build_copy, package, profile};

/// Tries the promises that hold there, and prints `fine`.
const PROGRAM: &str = include_str!("fallback_main.rs");

/// The files of the pool, and what makes Unix no Unix in them.
const POOL: [(&str, &[(&str, &str)]); 3] = [
    ("pool.rs", &[("cfg!(unix)", "false")]),
    ("pool/submit.rs", &[]),
    (
        "pool/worker.rs",
        &[
            ("cfg(unix)", "cfg(any())"),
            ("cfg(not(unix))", "cfg(all())"),
        ],
    ),
];

pub fn works() -> Checked {
    let mut sources = vec![("main.rs".into(), PROGRAM.into())];
    let pool = root().join("examples-processes/process-pool/src");
    for (file, words) in POOL {
        let mut text = without_shared(&fs::read_to_string(pool.join(file))?);
        for (unix, elsewhere) in words.iter().filter(|_| cfg!(unix)) {
            ensure(text.contains(unix), || format!("no {unix} in {file}"))?;
            text = text.replace(unix, elsewhere);
        }
        sources.push((file.into(), text));
    }
    let program = build_copy("pool-fallback", &manifest()?, &sources)?;
    let run = Program::new(program).run()?;
    let fine = run.status.success() && run.output.ends_with("fine\n");
    ensure(fine, || format!("{}:\n{}", run.status, run.output))?;
    Ok(run.nothing_left()?)
}

/// With the dependencies as the workspace has them.
fn manifest() -> Result<String, Failed> {
    let workspace = fs::read_to_string(root().join("Cargo.toml"))?;
    let mut manifest = package("pool-fallback") + "\n[dependencies]\n";
    for line in workspace.lines() {
        if line.starts_with("postcard =") || line.starts_with("serde =") {
            manifest.extend([line, "\n"]);
        }
    }
    Ok(manifest + "\n" + &profile("dev")?)
}
