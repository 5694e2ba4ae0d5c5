//! The examples of the workspace, as cargo knows them.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, anyhow, ensure};
use serde_json::Value;

use crate::options::Wrong;

/// An example: a package in one of the folders `examples-*`.
pub struct Example {
    /// Its name.
    pub name: String,
    /// Its folder.
    pub folder: PathBuf,
}

impl Example {
    /// The first sentence of its main.rs.
    pub fn shows(&self) -> String {
        let main = fs::read_to_string(self.folder.join("src/main.rs"));
        let main = main.unwrap_or_default();
        let head = main.lines().map_while(|line| line.strip_prefix("//! "));
        head.collect::<Vec<_>>().join(" ")
    }
}

/// All examples, in the order of the chapters.
pub fn all() -> Result<Vec<Example>> {
    let output = cargo(&["metadata", "--no-deps", "--format-version", "1"])?;
    let metadata: Value = serde_json::from_slice(&output)?;
    let packages = metadata["packages"].as_array().into_iter().flatten();
    let example = |package: &Value| {
        let manifest = Path::new(package["manifest_path"].as_str()?);
        let folder = manifest.parent()?;
        let group = folder.parent()?.file_name()?.to_string_lossy().into_owned();
        let name = package["name"].as_str()?.to_owned();
        group.starts_with("examples-").then(|| Example {
            name,
            folder: folder.into(),
        })
    };
    let mut examples: Vec<Example> = packages.filter_map(example).collect();
    let root = Path::new(metadata["workspace_root"].as_str().unwrap_or_default());
    let chapters = fs::read_to_string(root.join("SUMMARY.md")).unwrap_or_default();
    examples.sort_by_key(|example| chapters.find(&format!("/{}/", example.name)));
    Ok(examples)
}

/// The example called `name`.
pub fn find(name: &str) -> Result<Example> {
    let all = all()?;
    let names: Vec<String> =
        all.iter().map(|example| example.name.clone()).collect();
    let found = all.into_iter().find(|example| example.name == name);
    found.ok_or_else(|| {
        let there = names.join(", ");
        Wrong(format!(
            "no example is called \"{name}\"; there are: {there}"
        ))
        .into()
    })
}

/// Builds an example and returns where its program is.
pub fn build(example: &Example, release: bool) -> Result<PathBuf> {
    let mut args = vec!["build", "--message-format=json-render-diagnostics"];
    args.extend(["--package", &example.name]);
    args.extend(release.then_some("--release"));
    let output = String::from_utf8(cargo(&args)?)?;
    let messages = output.lines().map(serde_json::from_str::<Value>);
    let mut programs = messages.filter_map(|message| {
        message.ok()?["executable"].as_str().map(PathBuf::from)
    });
    programs
        .next()
        .with_context(|| format!("{} has no program", example.name))
}

/// Runs cargo and returns what it printed. Its errors go to the reader.
fn cargo(args: &[&str]) -> Result<Vec<u8>> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(cargo);
    // `cargo run` has told this process which package it is. Build scripts that
    // look for it would run again, and what depends on them.
    let variables = env::vars_os().map(|(name, _)| name);
    for name in
        variables.filter(|n| n.as_encoded_bytes().starts_with(b"CARGO_PKG_"))
    {
        command.env_remove(name);
    }
    command
        .env_remove("CARGO_MANIFEST_DIR")
        .env_remove("CARGO_MANIFEST_LINKS");
    let output = command.args(args).stderr(Stdio::inherit()).output();
    let output = output.context("cannot start cargo")?;
    ensure!(output.status.success(), anyhow!("cargo {} failed", args[0]));
    Ok(output.stdout)
}
