//! Where the results go: under which names, and until they are whole.

use std::collections::HashSet;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::{fs, io, process};

/// A file name for the result of each picture: `processed_` and the picture's own
/// name, with a number where that name is another result's, or a picture's of the
/// reader's.
pub fn names(pictures: &[PathBuf], out: &Path) -> Vec<OsString> {
    let out = fs::canonicalize(out).ok();
    let in_out = |picture: &&PathBuf| folder(picture) == out;
    // Compared in lower case: on macOS and Windows a.jpg and A.JPG are one file.
    let mut taken: HashSet<OsString> = (pictures.iter().filter(in_out))
        .filter_map(|picture| Some(picture.file_name()?.to_ascii_lowercase()))
        .collect();
    let free_name = |picture: &PathBuf| {
        let mut number = 1;
        while !taken.insert(name(picture, number).to_ascii_lowercase()) {
            number += 1;
        }
        name(picture, number)
    };
    pictures.iter().map(free_name).collect()
}

fn folder(picture: &Path) -> Option<PathBuf> {
    let folder = picture.parent().filter(|folder| !folder.as_os_str().is_empty());
    fs::canonicalize(folder.unwrap_or(Path::new("."))).ok()
}

/// The `number`th choice for the picture's result.
fn name(picture: &Path, number: usize) -> OsString {
    let mut name = OsString::from("processed_");
    name.push(picture.file_stem().unwrap_or(OsStr::new("picture")));
    if number > 1 {
        name.push(format!("-{number}"));
    }
    let ending = picture.extension().unwrap_or_default();
    let known = ["jpg", "jpeg", "png"]
        .iter()
        .any(|known| ending.eq_ignore_ascii_case(known));
    name.push(".");
    name.push(if known { ending } else { OsStr::new("jpg") });
    name
}

/// Holds the unfinished results, on the same disk as the finished ones. Dropping it
/// removes what is left of them.
pub struct TemporaryFolder(PathBuf);

impl TemporaryFolder {
    /// Makes the folder in `parent`.
    pub fn new_in(parent: &Path) -> io::Result<Self> {
        let folder = parent.join(format!(".image-processing-{}", process::id()));
        fs::create_dir_all(&folder)?;
        Ok(Self(folder))
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
