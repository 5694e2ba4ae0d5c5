//! The examples of the workspace: the packages in its folders `examples-*`.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs, io};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// An example: a folder `examples-*/NAME`.
#[derive(Clone, Debug)]
pub struct Example {
    /// The name of the folder, which is the name of the package.
    pub name: String,
    /// The folder.
    pub folder: PathBuf,
}

impl Example {
    /// The first sentence of its main.rs.
    #[must_use]
    pub fn shows(&self) -> String {
        let main =
            fs::read_to_string(self.folder.join("src/main.rs")).unwrap_or_default();
        let head: Vec<&str> = main
            .lines()
            .map_while(|line| line.strip_prefix("//! "))
            .collect();
        head.join(" ")
    }

    /// Whether its chapter shows a picture of a run.
    #[must_use]
    pub fn has_picture(&self) -> bool {
        let chapter =
            fs::read_to_string(self.folder.join("README.md")).unwrap_or_default();
        chapter.contains("](timeline.svg)")
    }

    /// The arguments of the run that its chapter shows above the picture.
    #[must_use]
    pub fn picture_arguments(&self) -> Vec<String> {
        let chapter =
            fs::read_to_string(self.folder.join("README.md")).unwrap_or_default();
        let (above, _) = chapter.split_once("](timeline.svg)").unwrap_or_default();
        let command = format!("$ cargo run -qp {}", self.name);
        let run = above.lines().rev().find_map(|it| it.strip_prefix(&command));
        let words = run.unwrap_or_default().split_whitespace();
        words.map(String::from).collect()
    }

    /// Builds it, and returns where its program is.
    ///
    /// # Errors
    ///
    /// When cargo cannot build it; cargo has said why then.
    pub fn build(&self, release: bool) -> Result<PathBuf> {
        let mut command = cargo();
        command
            .current_dir(&self.folder)
            .args(["build", "--message-format=json-render-diagnostics"])
            .args(["--package", &self.name]);
        if release {
            command.arg("--release");
        }
        let output = command
            .stderr(Stdio::inherit())
            .output()
            .context("cannot start cargo")?;
        ensure!(output.status.success(), "cargo build failed");
        String::from_utf8_lossy(&output.stdout)
            .lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok())
            .find_map(|message| message["executable"].as_str().map(PathBuf::from))
            .with_context(|| format!("{} has no program", self.name))
    }
}

/// All examples of the workspace that this process works in, in the order of the
/// chapters.
///
/// # Errors
///
/// When the current folder is in no such workspace.
pub fn all() -> Result<Vec<Example>> {
    let here = env::current_dir().context("cannot find the current folder")?;
    for folder in here.ancestors() {
        let examples = below(folder).unwrap_or_default();
        if !examples.is_empty() {
            return Ok(examples);
        }
    }
    anyhow::bail!(
        "{} is outside the workspace: neither it nor a folder above it \
         has examples-*/*/Cargo.toml",
        here.display()
    )
}

/// All examples of the workspace whose root this is: in the order of SUMMARY.md,
/// and then by name.
///
/// # Errors
///
/// When a folder cannot be read.
pub fn below(root: &Path) -> io::Result<Vec<Example>> {
    let mut examples = Vec::new();
    for (group, group_folder) in folders(root)? {
        if !group.starts_with("examples-") {
            continue;
        }
        for (name, folder) in folders(&group_folder)? {
            if folder.join("Cargo.toml").exists() {
                examples.push(Example { name, folder });
            }
        }
    }
    let summary = fs::read_to_string(root.join("SUMMARY.md")).unwrap_or_default();
    examples.sort_by_cached_key(|example| {
        let place = summary.find(&format!("/{}/", example.name));
        (place.unwrap_or(usize::MAX), example.name.clone())
    });
    Ok(examples)
}

/// The folders in a folder, with their names.
fn folders(parent: &Path) -> io::Result<Vec<(String, PathBuf)>> {
    let mut folders = Vec::new();
    for entry in fs::read_dir(parent)? {
        let entry = entry?;
        let path = entry.path();
        if path.is_dir() {
            folders.push((entry.file_name().to_string_lossy().into_owned(), path));
        }
    }
    Ok(folders)
}

/// A call of cargo that knows nothing of this process's own package.
///
/// `cargo run` and `cargo test` tell a program which package it is, in variables
/// that its children inherit. Build scripts that look for them would run again, and
/// with them everything that depends on their packages.
#[must_use]
pub fn cargo() -> Command {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    for (name, _) in env::vars_os() {
        if name.as_encoded_bytes().starts_with(b"CARGO_PKG_") {
            command.env_remove(name);
        }
    }
    command
        .env_remove("CARGO_MANIFEST_DIR")
        .env_remove("CARGO_MANIFEST_LINKS");
    command
}
