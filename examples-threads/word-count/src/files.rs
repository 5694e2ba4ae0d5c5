//! All text files below a folder, as the pieces of one long text.

use std::fs::{self, File};
use std::io;
use std::iter::Peekable;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use indicatif::{ProgressBar, ProgressStyle};

use crate::pieces::Pieces;

const BAR: &str = "{wide_bar} {bytes} of {total_bytes}, {eta} left";

/// The pieces of many files. A file is opened when the one before it has been read.
pub struct Files {
    /// The files to come, and their lengths.
    paths: Vec<(PathBuf, u64)>,
    open: Option<(PathBuf, Peekable<Pieces<File>>)>,
    /// Is drawn only if there is a terminal.
    bar: ProgressBar,
    /// How many files have a zero byte in their first piece, as texts never have.
    pub no_text: usize,
    /// What cannot be read, and why.
    pub errors: Vec<String>,
}

impl Files {
    /// Finds the files. It follows no links, because they may lead in a circle, and
    /// ignores pipes and devices, because they may have no end.
    pub fn below(folder: &Path) -> Result<Self> {
        let style = ProgressStyle::with_template(BAR)?;
        let mut files = Self {
            paths: Vec::new(),
            open: None,
            bar: ProgressBar::new(0).with_style(style),
            no_text: 0,
            errors: Vec::new(),
        };
        let mut folders = Vec::new();
        files
            .visit(folder, &mut folders)
            .with_context(|| format!("cannot read {}", quoted(folder)))?;
        while let Some(folder) = folders.pop() {
            if let Err(error) = files.visit(&folder, &mut folders) {
                files.errors.push(named(&folder, &error));
            }
        }
        Ok(files)
    }

    fn visit(
        &mut self,
        folder: &Path,
        folders: &mut Vec<PathBuf>,
    ) -> io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let path = entry.path();
            match entry.metadata() {
                Ok(kind) if kind.is_dir() => folders.push(path),
                Ok(kind) if kind.is_file() => {
                    self.bar.inc_length(kind.len());
                    self.paths.push((path, kind.len()));
                }
                Ok(_) => {}
                Err(error) => {
                    self.errors.push(named(&path, &error));
                }
            }
        }
        Ok(())
    }

    /// Removes the progress bar.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl Iterator for Files {
    type Item = Vec<u8>;

    fn next(&mut self) -> Option<Vec<u8>> {
        loop {
            if let Some((path, pieces)) = &mut self.open {
                match pieces.next() {
                    Some(Ok(piece)) => {
                        self.bar.inc(piece.len() as u64);
                        return Some(piece);
                    }
                    Some(Err(error)) => {
                        self.errors.push(named(path, &error));
                    }
                    None => {}
                }
            }
            self.open = None;
            let (path, len) = self.paths.pop()?;
            match File::open(&path) {
                Ok(file) => {
                    let mut pieces = Pieces::new(file).peekable();
                    let first = pieces.peek();
                    if matches!(first, Some(Ok(piece)) if piece.contains(&0)) {
                        self.no_text += 1;
                        self.bar.inc(len);
                    } else {
                        self.open = Some((path, pieces));
                    }
                }
                Err(error) => {
                    self.errors.push(named(&path, &error));
                }
            }
        }
    }
}

fn named(path: &Path, error: &io::Error) -> String {
    format!("{}: {error}", quoted(path))
}

/// A name may contain line feeds, and what controls the terminal.
fn quoted(path: &Path) -> String {
    format!("{:?}", path.to_string_lossy())
}
