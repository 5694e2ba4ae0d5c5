//! The examples of the workspace, found by looking.

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

/// All examples, ordered by name.
pub fn examples() -> Vec<Example> {
    let groups = folders(root()).into_iter();
    let groups = groups.filter(|group| name(group).starts_with("examples-"));
    let mut examples: Vec<Example> = groups
        .flat_map(|group| folders(&group))
        .filter(|folder| folder.join("Cargo.toml").exists())
        .map(|folder| Example {
            name: name(&folder),
            folder,
        })
        .collect();
    examples.sort_by(|a, b| a.name.cmp(&b.name));
    examples
}

fn folders(parent: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(parent).expect("the folder can be read");
    let paths = entries.map(|entry| entry.expect("the entry can be read").path());
    paths.filter(|path| path.is_dir()).collect()
}

fn name(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}
