//! The examples as the patches beside them make them: applied to copies, and built.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use libtest_mimic::Failed;
use regex::Regex;
use support::program::{Built, files, try_to_build, write};
use support::{Checked, Example, examples, root};

use crate::copies::target;
use crate::try_it::for_a_checker;

/// How many patches an example may have: there is a workspace for the first patches
/// of all examples, one for the second patches, and one for the third.
pub const MOST: usize = 3;

/// The names of the example's patches: `1` for the answer to exercise 1, `1-then`
/// for a second change in it.
pub fn patches(example: &Example) -> Vec<String> {
    let folder = example.folder.join("try-it");
    let mut names = Vec::new();
    for file in fs::read_dir(folder).into_iter().flatten() {
        let file = file.expect("the folder can be read").path();
        if file.extension() == Some("patch".as_ref()) {
            names.extend(
                file.file_stem().and_then(|n| n.to_str()).map(String::from),
            );
        }
    }
    names.sort();
    names
}

/// Where the program with this patch is.
pub fn program(example: &Example, patch: &str) -> Result<PathBuf, Failed> {
    static BUILT: [LazyLock<Result<Built, String>>; MOST] = [
        LazyLock::new(|| build(1)),
        LazyLock::new(|| build(2)),
        LazyLock::new(|| build(3)),
    ];
    apply(example, patch)?;
    let there = patches(example);
    let place = there.iter().position(|other| other == patch);
    let built = place.and_then(|place| BUILT.get(place));
    let built = built.ok_or("too many patches")?.as_ref();
    let built = built.map_err(Clone::clone)?;
    let program = built.programs.get(&example.name);
    Ok(program.ok_or_else(|| errors(&built.words))?.clone())
}

/// Where the tests of a model checker are that sees the patches.
pub fn checker(name: &str) -> Result<PathBuf, Failed> {
    static BUILT: LazyLock<Result<Built, String>> = LazyLock::new(|| {
        let folder = target().join("try-it/checkers");
        write_checkers(&folder).map_err(words)?;
        Ok(build_in(&folder, "--tests"))
    });
    let built = BUILT.as_ref().map_err(Clone::clone)?;
    let program = built.programs.get(name);
    Ok(program.ok_or_else(|| errors(&built.words))?.clone())
}

/// Builds a workspace of all examples that have so many patches, each with this one
/// of them.
fn build(number: usize) -> Result<Built, String> {
    let folder = target().join(format!("try-it/{number}"));
    write_workspace(&folder, number).map_err(words)?;
    Ok(build_in(&folder, "--bins"))
}

#[expect(clippy::needless_pass_by_value, reason = "map_err passes it so")]
fn words(error: Failed) -> String {
    error.message().unwrap_or("cannot be written").to_owned()
}

/// What the compiler has said, without its warnings of what an exercise makes
/// useless.
fn errors(words: &str) -> String {
    let mut parts: Vec<&str> = words.split("\n\n").collect();
    parts.retain(|part| part.contains("error"));
    parts.join("\n\n")
}

/// Builds a workspace. What its members depend on is built in our own already.
fn build_in(folder: &Path, targets: &str) -> Built {
    try_to_build(
        folder,
        &[
            "--keep-going",
            "--workspace",
            targets,
            "--target-dir",
            "target",
            "--config",
            &format!("build.build-dir = '{}'", target().display()),
            "--config",
            "profile.dev.incremental = false",
        ],
    )
}

fn write_workspace(folder: &Path, number: usize) -> Checked {
    // A name of its own: cargo tells packages apart by the place in their
    // workspace, and our own examples lie in the same build folder.
    let group = format!("patched-{number}");
    let mut members = Vec::new();
    let mut written = BTreeSet::new();
    for example in examples() {
        let patch = patches(&example).get(number - 1).cloned();
        let sources = patch.map(|patch| apply(&example, &patch));
        let Some(Ok(mut sources)) = sources else {
            continue; // `program` says why a patch cannot be applied
        };
        sources.insert("Cargo.toml".into(), example.read("Cargo.toml"));
        for (file, source) in sources {
            let file = folder.join(&group).join(&example.name).join(file);
            write(&file, &source)?;
            written.insert(file);
        }
        members.push(example.name);
    }
    let members: Vec<String> = members
        .iter()
        .map(|name| format!("{group}/{name}"))
        .collect();
    write_manifest(folder, &members)?;
    remove_others(&folder.join(&group), &written)
}

/// The checkers, and beside them the examples with the patches that they are to
/// find out.
fn write_checkers(folder: &Path) -> Checked {
    let group = folder.join("patched-checkers");
    let mut written = BTreeSet::new();
    let checkers = root().join("tests/model-checkers");
    for file in files(&checkers) {
        let copy = group.join(file.strip_prefix(root())?);
        write(&copy, &fs::read_to_string(file)?)?;
        written.insert(copy);
    }
    for example in examples() {
        let sources = match for_a_checker(&example) {
            Some(patch) => apply(&example, &patch)?,
            None => sources(&example),
        };
        for (file, source) in sources {
            let copy = group.join(example.place()).join(file);
            write(&copy, &source)?;
            written.insert(copy);
        }
    }
    let members = ["loom", "shuttle"];
    let members =
        members.map(|name| format!("patched-checkers/tests/model-checkers/{name}"));
    write_manifest(folder, &members)?;
    remove_others(&group, &written)
}

/// A file of an earlier copy may be gone.
fn remove_others(folder: &Path, written: &BTreeSet<PathBuf>) -> Checked {
    for file in files(folder) {
        if !written.contains(&file) {
            fs::remove_file(file)?;
        }
    }
    Ok(())
}

/// Writes our manifest and our lock file, with other members.
fn write_manifest(folder: &Path, members: &[String]) -> Checked {
    let ours = fs::read_to_string(root().join("Cargo.toml"))?;
    let start = "\n[workspace.package]\n";
    let (_, rest) = ours.split_once(start).ok_or("no [workspace.package]")?;
    // Only one package of a name can be in a workspace.
    let path = Regex::new(r#"([\w-]+) = \{ path = "([^"]*)" \}"#)?;
    let rest = path.replace_all(rest, |found: &regex::Captures| {
        let (name, place) = (&found[1], root().join(&found[2]));
        let mut members = members.iter().map(PathBuf::from);
        let member = members.find(|member| member.ends_with(name));
        format!(
            "{name} = {{ path = '{}' }}",
            member.unwrap_or(place).display()
        )
    });
    let mut manifest = format!(
        "[workspace]\nresolver = \"3\"\nmembers = {members:?}\n{start}{rest}"
    );
    // They are built once, and not debugged.
    for member in members {
        let name = member.rsplit('/').next().unwrap_or_default();
        let is_there = [format!("{name}.opt"), format!("package.{name}]")];
        if name != "loom" && is_there.iter().all(|text| !ours.contains(text)) {
            writeln!(manifest, "\n[profile.dev.package.{name}]\ndebug = 0")?;
        }
    }
    write(&folder.join("Cargo.toml"), &manifest)?;
    let lock = fs::read_to_string(root().join("Cargo.lock"))?;
    Ok(write(&folder.join("Cargo.lock"), &lock)?)
}

/// The sources of the example, and their places in its folder.
fn sources(example: &Example) -> BTreeMap<PathBuf, String> {
    let mut sources = BTreeMap::new();
    for file in files(&example.folder.join("src")) {
        let name = file.strip_prefix(&example.folder).expect("it is inside");
        // A picture is not needed.
        if let Ok(text) = fs::read_to_string(&file) {
            sources.insert(name.to_owned(), text);
        }
    }
    sources
}

/// The sources of the example with a patch, which has the form of `git diff`. Its
/// lines have to be there, but their numbers do not matter.
fn apply(
    example: &Example,
    patch: &str,
) -> Result<BTreeMap<PathBuf, String>, String> {
    let patch = example.read(&format!("try-it/{patch}.patch"));
    let mut sources = sources(example);
    let start = format!("+++ b/{}/", example.place());
    for changes in patch.split("diff --git ").skip(1) {
        let (_, rest) = changes.split_once(&start).ok_or("no file of it")?;
        let (name, rest) = rest.split_once('\n').ok_or("no change")?;
        let source = sources.get_mut(Path::new(name)).ok_or("no such file")?;
        let mut done = 0;
        for hunk in rest.split("\n@@ ").map(|h| h.trim_start_matches("@@ ")) {
            let (mut old, mut new) = (String::new(), String::new());
            for line in hunk.lines().skip(1).map(|line| line.to_owned() + "\n") {
                match line.split_at(1) {
                    ("-", text) => old += text,
                    ("+", text) => new += text,
                    (" ", text) => {
                        old += text;
                        new += text;
                    }
                    _ => return Err(format!("no line of a patch: {line}")),
                }
            }
            let found = source[done..].find(&old).map(|place| done + place);
            let place =
                found.ok_or_else(|| format!("{name} has no lines\n{old}"))?;
            source.replace_range(place..place + old.len(), &new);
            done = place + new.len();
        }
    }
    Ok(sources)
}
