//! Every example builds and runs alone: copied out of the workspace, without
//! `shared`, with the dependencies that its chapter names, and prints the same.

use std::path::PathBuf;
use std::sync::Mutex;
use std::{env, fs};

use libtest_mimic::{Failed, Trial};
use regex::Regex;
use support::program::{build, files, without_shared, write};
use support::{
    Checked, Example, FEW, Language, Program, common_run, ensure, for_each_example,
    root, rounds,
};

use crate::common_form::common_form;
use crate::examples::special;

pub fn trials() -> Vec<Trial> {
    for_each_example("copies", stands_alone)
}

fn stands_alone(example: &Example) -> Checked {
    let name = &example.name;
    let manifest = manifest_of(example)?;
    for name in neighbours(&manifest) {
        let neighbour = Example::named(name);
        write_copy(name, &manifest_of(&neighbour)?, &copied(&neighbour)?)?;
    }
    let program = build_copy(name, &manifest, &copied(example)?)?;
    let mut urls = Vec::new();
    if special(name).needs_urls {
        let asks = Program::new(&program).run()?;
        let asked = asks.code() == Some(1) && asks.output.contains("expected URLs");
        ensure(asked, || format!("{}:\n{}", asks.status, asks.output))?;
        urls = shared::sites(9);
    }
    let alone = Program::new(&program).args(&urls).run()?;
    let here = if urls.is_empty() {
        common_run(example, Language::Rust, &[])?.output
    } else {
        Program::rust(example).args(&urls).run()?.output
    };
    ensure(alone.status.success(), || {
        format!("{}:\n{}", alone.status, alone.output)
    })?;
    let expected = without_timers(&here, &timers(&sources(example)?)?);
    let same = common_form(name, &alone.output) == common_form(name, &expected);
    ensure(same, || {
        format!("alone:\n{}here:\n{expected}", alone.output)
    })
}

/// Writes a copy and builds it: a package with nothing around it. Crates that it
/// shares with us, with the same features and the same profile, lie in our own
/// folder and need not be built again. Its program has the name of ours, and lies
/// in another.
pub fn build_copy(
    name: &str,
    manifest: &str,
    sources: &Sources,
) -> Result<PathBuf, Failed> {
    let copy = write_copy(name, manifest, sources)?;
    let programs = build(
        &copy,
        &[
            "--offline",
            "--target-dir",
            &copies().join("target").to_string_lossy(),
            "--config",
            &format!("build.build-dir = '{}'", target().display()),
        ],
    );
    Ok(programs[name].clone())
}

/// Writes a package into the folder `copies`, where all of them lie side by side.
fn write_copy(
    name: &str,
    manifest: &str,
    sources: &Sources,
) -> Result<PathBuf, Failed> {
    // A package that others depend on is written by each of them.
    static WRITING: Mutex<()> = Mutex::new(());
    let _guard = WRITING.lock();
    let copy = copies().join(name);
    let lock = fs::read_to_string(root().join("Cargo.lock"))?;
    write(&copy.join("Cargo.lock"), &lock)?;
    write(&copy.join("Cargo.toml"), manifest)?;
    let folder = copy.join("src");
    for (file, source) in sources {
        write(&folder.join(file), source)?;
    }
    // A file of an earlier copy may be gone from the example.
    for file in files(&folder) {
        if !sources.iter().any(|(name, _)| folder.join(name) == file) {
            fs::remove_file(file)?;
        }
    }
    Ok(copy)
}

/// Where cargo puts what it builds for us.
pub fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or(root().join("target"), PathBuf::from)
}

fn copies() -> PathBuf {
    target().join("copies") // they stay for the next time
}

/// The packages that the reader copies, too: `NAME = { path = "../NAME" }`.
fn neighbours(manifest: &str) -> impl Iterator<Item = &str> {
    manifest.lines().filter_map(|line| {
        let (name, path) = line.split_once(" = { path = \"../")?;
        path.starts_with(name).then_some(name)
    })
}

/// Files of a package, and their places in its folder `src`.
pub type Sources = Vec<(PathBuf, String)>;

fn sources(example: &Example) -> Result<Sources, Failed> {
    let folder = example.folder.join("src");
    let mut sources = Sources::new();
    for file in files(&folder) {
        if file.extension() == Some("rs".as_ref()) {
            let place = file.strip_prefix(&folder)?.to_owned();
            sources.push((place, fs::read_to_string(&file)?));
        }
    }
    Ok(sources)
}

/// The files of an example as the reader copies them.
fn copied(example: &Example) -> Result<Sources, Failed> {
    let mut sources = sources(example)?;
    for (_, source) in &mut sources {
        *source = without_shared(source);
    }
    Ok(sources)
}

/// What `cargo new` writes, and the dependencies from the chapter's `toml` fence.
/// A profile in it is a matter of speed: without many rounds, our own is used, for
/// which everything is built already.
pub fn manifest_of(example: &Example) -> Result<String, Failed> {
    let chapter = example.read("README.md");
    let fence = chapter
        .split_once("```toml\n")
        .and_then(|(_, rest)| rest.split_once("```"));
    // In a numbered list, a fence is indented.
    let mut unindented = String::new();
    for line in fence.map_or("", |(fence, _)| fence).lines() {
        unindented += line.trim();
        unindented += "\n";
    }
    let fence = unindented.as_str();
    let (dependencies, profile) = match fence.split_once("\n[profile.") {
        None => (fence, profile("dev")?),
        Some((_, _)) if rounds() > FEW => (fence, String::new()),
        Some((dependencies, _)) => {
            (dependencies, profile("dev")? + &profile("dev.package")?)
        }
    };
    Ok(format!(
        "{}\n{dependencies}\n{profile}",
        package(&example.name)
    ))
}

/// The head of a manifest, with a workspace of its own.
pub fn package(name: &str) -> String {
    format!(
        "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
         [workspace]\n"
    )
}

/// A table of our profiles.
pub fn profile(name: &str) -> Result<String, Failed> {
    let workspace = fs::read_to_string(root().join("Cargo.toml"))?;
    let start = format!("[profile.{name}]\n");
    let (_, table) = workspace.split_once(&start).ok_or("no such profile")?;
    let (table, _) = table.split_once("\n\n").unwrap_or((table, ""));
    Ok(format!("{start}{table}\n\n"))
}

/// The lines that `shared::timer` prints, which a copy does not: as regular
/// expressions, one for each label in the sources.
fn timers(sources: &Sources) -> Result<Vec<Regex>, Failed> {
    let call = Regex::new(r#"shared::timer\((?:format_args!\(\s*)?"([^"]*)""#)?;
    let value = Regex::new(r"\\\{[^}]*\\\}")?;
    let mut lines = Vec::new();
    for (file, source) in sources {
        let labels: Vec<&str> = call
            .captures_iter(source)
            .map(|found| found.extract::<1>().1[0])
            .collect();
        let calls = source.matches("shared::timer(").count();
        ensure(labels.len() == calls, || {
            format!("{}: a timer whose label is no literal", file.display())
        })?;
        for label in labels {
            let label = regex::escape(label);
            let label = value.replace_all(&label, ".*");
            lines.push(Regex::new(&format!(r"^{label} in \d+\.\d\d seconds$"))?);
        }
    }
    Ok(lines)
}

fn without_timers(printed: &str, timers: &[Regex]) -> String {
    let lines = printed.split_inclusive('\n');
    lines
        .filter(|line| !timers.iter().any(|timer| timer.is_match(line.trim_end())))
        .collect()
}
