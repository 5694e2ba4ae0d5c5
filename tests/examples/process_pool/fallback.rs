//! The pool as readers copy it, into a program of their own; and the pool for
//! systems that are no Unix. On Unix that is a copy with other words in its `cfg`s.

use std::fs;

use libtest_mimic::Failed;
use support::program::without_shared;
use support::{Checked, Example, Program, ensure, root};

use crate::copies::{build_copy, manifest_of, package, profile};

/// Tries the promises that hold there, and prints `fine`.
const PROGRAM: &str = include_str!("fallback_main.rs");

/// A small program, which uses only a part of the pool.
const SMALL: &str = r#"mod pool;

use pool::{Job, Pool};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct Double(u32);

impl Job for Double {
    type Output = u32;

    fn run(self) -> u32 {
        2 * self.0
    }
}

fn main() {
    pool::serve::<Double>();
    for doubled in Pool::new(2).map((1..=3).map(Double)) {
        println!("{}", doubled.expect("it is done"));
    }
}
"#;

/// The files of the pool, and what makes Unix no Unix in them.
const POOL: [(&str, &[(&str, &str)]); 5] = [
    ("pool/mod.rs", &[("cfg!(unix)", "false")]),
    ("pool/calls.rs", &[]),
    ("pool/supervisor.rs", &[]),
    ("pool/worker.rs", &[]),
    (
        "pool/channel.rs",
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

/// With the dependencies that the chapter names, and without a warning.
pub fn works_as_module() -> Checked {
    let mut sources = vec![("main.rs".into(), SMALL.into())];
    let example = Example::named("process-pool");
    for (file, _) in POOL {
        let text = without_shared(&example.read(&format!("src/{file}")));
        sources.push((file.into(), text));
    }
    let name = "pool-copied";
    let manifest = manifest_of(&example)?.replace("process-pool", name);
    let run = Program::new(build_copy(name, &manifest, &sources)?).run()?;
    let doubled = run.status.success() && run.output == "2\n4\n6\n";
    ensure(doubled, || format!("{}:\n{}", run.status, run.output))?;
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
