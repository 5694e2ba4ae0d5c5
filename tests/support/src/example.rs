//! The examples of the workspace, as the tests see them.

use std::fs;
use std::path::{Path, PathBuf};

/// One example: a folder `examples-*/NAME`.
#[derive(Clone)]
pub struct Example {
    /// The name of the folder, which is the name of the package.
    pub name: String,
    /// The folder.
    pub folder: PathBuf,
}

impl Example {
    /// The example with this name.
    pub fn named(name: &str) -> Self {
        let found = examples().into_iter().find(|example| example.name == name);
        found.unwrap_or_else(|| panic!("no example is called {name}"))
    }

    /// The example's file `name`, or the empty text if there is none.
    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.folder.join(name)).unwrap_or_default()
    }

    /// What `command` prints, as a console fence of the chapter has it.
    pub fn printed_in_chapter(&self, command: &str) -> Option<String> {
        let chapter = self.read("README.md");
        let (_, rest) =
            chapter.split_once(&format!("```console\n$ {command}\n"))?;
        Some(rest.split_once("```")?.0.to_owned())
    }

    /// The Python twin's file.
    pub fn python(&self) -> PathBuf {
        self.folder
            .join(format!("{}.py", self.name.replace('-', "_")))
    }

    /// The example's folder, seen from the root of the workspace.
    pub fn place(&self) -> String {
        let place = self.folder.strip_prefix(root()).expect("it is inside");
        place.to_string_lossy().replace('\\', "/")
    }
}

/// The root of the workspace.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .expect("tests/support is inside")
}

/// All examples, in the order of the chapters.
pub fn examples() -> Vec<Example> {
    let mut examples = Vec::new();
    for found in timeline::examples::below(root()).expect("the root can be read") {
        examples.push(Example {
            name: found.name,
            folder: found.folder,
        });
    }
    examples
}
