//! The pool for systems that are no Unix. On Unix it is a copy with other words in
//! its `cfg`s.

use std::path::PathBuf;
use std::{env, fs};

use tests::program::{build, without_shared, write};
use tests::{Checked, Program, ensure, root};

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
    let target = env::var_os("CARGO_TARGET_DIR")
        .map_or(root().join("target"), PathBuf::from);
    let copies = target.join("copies");
    let copy = copies.join("pool-fallback");
    write(&copy.join("Cargo.toml"), &manifest()?)?;
    let lock = fs::read_to_string(root().join("Cargo.lock"))?;
    write(&copy.join("Cargo.lock"), &lock)?;
    write(&copy.join("src/main.rs"), PROGRAM)?;
    let pool = root().join("examples-processes/process-pool/src");
    for (file, words) in POOL {
        let mut text = without_shared(&fs::read_to_string(pool.join(file))?);
        for (unix, elsewhere) in words.iter().filter(|_| cfg!(unix)) {
            ensure(text.contains(unix), || format!("no {unix} in {file}"))?;
            text = text.replace(unix, elsewhere);
        }
        write(&copy.join("src").join(file), &text)?;
    }
    let built = copies.join("target").to_string_lossy().into_owned();
    let programs = build(&copy, &["--offline", "--target-dir", &built]);
    let run = Program::new(&programs["pool-fallback"]).run()?;
    let fine = run.status.success() && run.output.ends_with("fine\n");
    ensure(fine, || format!("{}:\n{}", run.status, run.output))?;
    Ok(run.nothing_left()?)
}

/// With the dependencies as the workspace has them.
fn manifest() -> Result<String, std::io::Error> {
    let workspace = fs::read_to_string(root().join("Cargo.toml"))?;
    let needed = |line: &&str| {
        ["postcard =", "serde ="]
            .iter()
            .any(|n| line.starts_with(n))
    };
    let dependencies: Vec<&str> = workspace.lines().filter(needed).collect();
    Ok(format!(
        "[package]\nname = \"pool-fallback\"\nversion = \"0.1.0\"\n\
         edition = \"2024\"\n\n[workspace]\n\n[dependencies]\n{}\n",
        dependencies.join("\n")
    ))
}
