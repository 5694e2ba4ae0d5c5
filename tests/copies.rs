//! Every example builds and runs alone: copied out of the workspace, without
//! `shared`, with the dependencies that its chapter names, and prints the same.

use std::path::PathBuf;
use std::{env, fs};

use tests::program::{build, files, without_shared, write};
use tests::{Checked, Example, Program, common_form, ensure, root};

/// Without `shared` there is no local web site: these need URLs.
const NEED_URLS: [&str; 2] = ["download-pool", "download-sites"];

fn main() {
    tests::run(tests::for_each_example(stands_alone))
}

fn stands_alone(example: &Example) -> Checked {
    let target = env::var_os("CARGO_TARGET_DIR")
        .map_or(root().join("target"), PathBuf::from);
    // The copies stay for the next time, in a workspace of none, and share what
    // they build.
    let copies = target.join("copies");
    let copy = copies.join(&example.name);
    write(&copy.join("Cargo.toml"), &manifest(example))?;
    write(
        &copy.join("Cargo.lock"),
        &fs::read_to_string(root().join("Cargo.lock"))?,
    )?;
    let source = example.folder.join("src");
    for file in files(&source)
        .iter()
        .filter(|file| file.extension() == Some("rs".as_ref()))
    {
        let to = copy.join("src").join(file.strip_prefix(&source)?);
        write(&to, &without_shared(&fs::read_to_string(file)?))?;
    }

    let built = copies.join("target");
    let programs = build(
        &copy,
        &["--offline", "--target-dir", &built.to_string_lossy()],
    );
    let mut urls = Vec::new();
    if NEED_URLS.contains(&example.name.as_str()) {
        let asks = Program::new(&programs[&example.name]).run()?;
        let asked = asks.code() == Some(1) && asks.output.contains("expected URLs");
        ensure(asked, || format!("{}:\n{}", asks.status, asks.output))?;
        urls = shared::sites(9);
    }
    let (alone, here) = (
        Program::new(&programs[&example.name]).args(&urls).run()?,
        Program::rust(example).args(&urls).run()?,
    );
    ensure(alone.status.success(), || {
        format!("{}:\n{}", alone.status, alone.output)
    })?;
    let form = |printed: &str| common_form(&example.name, printed);
    let same = form(&alone.output) == form(&here.output);
    ensure(same, || {
        format!("alone:\n{}here:\n{}", alone.output, here.output)
    })
}

/// What `cargo new` writes, and the dependencies from the chapter's `toml` fence.
fn manifest(example: &Example) -> String {
    let chapter = example.read("README.md");
    let fence = chapter
        .split_once("```toml\n")
        .and_then(|(_, rest)| rest.split_once("```"));
    let dependencies = fence.map_or("", |(dependencies, _)| dependencies);
    let name = &example.name;
    format!(
        "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
         [workspace]\n\n{dependencies}"
    )
}
