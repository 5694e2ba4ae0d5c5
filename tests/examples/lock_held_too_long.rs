//! What lock-held-too-long alone promises.

use std::process::Command;
use std::{env, fs};

use libtest_mimic::Trial;
use support::{Checked, Example, Program, ensure, rounds, trial};

use super::Special;
use crate::rejected::rustc;
use crate::runs::always_the_same;

pub const SPECIAL: Special = Special {
    name: "lock-held-too-long",
    own_output: Some("Python has other forms to lock"),
    trials,
    ..Special::NOTHING
};

pub fn trials() -> Vec<Trial> {
    vec![
        trial("lock-held-too-long: the same in many runs", || {
            always_the_same(SPECIAL.name, rounds())
        }),
        trial("lock-held-too-long: what edition 2024 changed", editions),
    ]
}

/// `edition-2021.txt` is what the same forms print when they are compiled for
/// edition 2021. `UPDATE=1` writes it. Only the line that the chapter names is
/// different.
fn editions() -> Checked {
    const CHANGED: &str = "inside  the else of such an if let";
    let example = Example::named(SPECIAL.name);
    let folder = tempfile::tempdir()?;
    let main = folder.path().join("main.rs");
    let source = format!(
        "{}\nfn main() {{ print_all(); }}\n",
        example.read("src/forms.rs")
    );
    fs::write(&main, source)?;
    let program = folder.path().join("program");
    let compiled = Command::new(rustc())
        .args(["--edition", "2021", "-o"])
        .args([&program, &main])
        .output()?;
    ensure(compiled.status.success(), || {
        String::from_utf8_lossy(&compiled.stderr).into_owned()
    })?;
    let old = Program::new(&program).run()?.output;

    if env::var_os("UPDATE").is_some() {
        fs::write(example.folder.join("edition-2021.txt"), &old)?;
    }
    let committed = example.read("edition-2021.txt");
    ensure(committed == old, || format!("now it prints:\n{old}"))?;
    let new = Program::rust(&example).run()?.output;
    let mut changed = 0;
    for (old, new) in old.lines().zip(new.lines()) {
        if old != new {
            let right = (old, new)
                == (&format!("held {CHANGED}"), &format!("free {CHANGED}"));
            ensure(right, || format!("2021: {old}\n2024: {new}"))?;
            changed += 1;
        }
    }
    ensure(changed == 1, || format!("{changed} lines differ"))
}
