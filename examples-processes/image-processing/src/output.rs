//! Where the results go: under which names, and until they are whole.

use std::collections::{HashMap, HashSet};
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// A file name for the result of each picture: `processed_` and the picture's own
/// name, with a number where that name is taken by another result or by an input.
pub fn names(pictures: &[PathBuf], out: &Path) -> Vec<OsString> {
    let inputs: HashSet<PathBuf> = pictures
        .iter()
        .filter_map(|picture| fs::canonicalize(picture).ok())
        .collect();
    let is_input = |name: &OsStr| {
        fs::canonicalize(out.join(name)).is_ok_and(|path| inputs.contains(&path))
    };
    // In lower case, because a.jpg and A.JPG are one file on macOS and Windows.
    let key = |name: &OsStr| name.to_string_lossy().to_lowercase();
    let mut taken = HashSet::new();
    let mut next_number = HashMap::new();
    let free_name = |picture: &PathBuf| {
        let number = next_number.entry(key(&name(picture, 1))).or_insert(1);
        loop {
            let name = name(picture, *number);
            *number += 1;
            if taken.insert(key(&name)) && !is_input(&name) {
                return name;
            }
        }
    };
    pictures.iter().map(free_name).collect()
}

/// The `number`th choice for the picture's result.
fn name(picture: &Path, number: usize) -> OsString {
    let mut name = OsString::from("processed_");
    name.push(picture.file_stem().unwrap_or(OsStr::new("picture")));
    if number > 1 {
        name.push(format!("-{number}"));
    }
    let ending = picture.extension().unwrap_or_default();
    let known = ["jpg", "jpeg", "png"];
    let known = known.iter().any(|known| ending.eq_ignore_ascii_case(known));
    name.push(".");
    name.push(if known { ending } else { OsStr::new("jpg") });
    name
}

/// Makes a folder that was not there before: the name and the first free number.
pub fn new_folder(parent: &Path, name: &str) -> io::Result<PathBuf> {
    let mut number = 1;
    loop {
        let folder = parent.join(format!("{name}-{number}"));
        match fs::create_dir(&folder) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => number += 1,
            made => return made.map(|()| folder),
        }
    }
}

/// Holds the unfinished results, on the same disk as the finished ones. Dropping it
/// removes what is left of them.
pub struct TemporaryFolder(PathBuf);

impl TemporaryFolder {
    /// Makes the folder in `parent`.
    pub fn new_in(parent: &Path) -> io::Result<Self> {
        Ok(Self(new_folder(parent, ".image-processing")?))
    }

    /// The path of the file `name` in this folder.
    pub fn join(&self, name: &OsStr) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
