//! What poisoned-lock alone promises.

use libtest_mimic::Trial;
use support::{Checked, Example, Language, common_run, ensure, rounds, trial};

use super::Special;
use crate::runs::always_the_same;

pub const SPECIAL: Special = Special {
    name: "poisoned-lock",
    own_output: Some("Python poisons no lock"),
    trials,
    ..Special::NOTHING
};

pub fn trials() -> Vec<Trial> {
    vec![
        trial("poisoned-lock: only a repair cures the total", totals),
        trial("poisoned-lock: the same in many runs", || {
            always_the_same(SPECIAL.name, rounds())
        }),
    ]
}

/// The half change is there, and only a repair cures it.
fn totals() -> Checked {
    let example = Example::named(SPECIAL.name);
    let printed = common_run(&example, Language::Rust, &[])?.output;
    for line in [
        "\n  entries of 120, total 100: wrong\nGo on anyway:\n",
        "\n  entries of 123, total 103: wrong\nRepair, then go on:\n",
        "\n  entries of 123, total 123: right\n",
        "\n  panicked after unlocking: poisoned false\n",
        "\n  panicked while reading: poisoned false\n",
        "\n  panicked while writing: poisoned true\n",
    ] {
        ensure(printed.contains(line), || format!("not {line}:\n{printed}"))?;
    }
    Ok(())
}
