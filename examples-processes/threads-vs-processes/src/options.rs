//! The arguments.

use std::ffi::OsString;
use std::path::PathBuf;

/// What the reader asks for.
#[derive(Debug, Default, PartialEq)]
pub struct Options {
    /// Also Python's rows.
    pub python: bool,
    /// A folder for pictures.
    pub svg: Option<PathBuf>,
    /// A file for all samples.
    pub json: Option<PathBuf>,
}

impl Options {
    /// Reads the arguments. The error is a line that says what was expected.
    pub fn parse(mut args: impl Iterator<Item = OsString>) -> Result<Self, String> {
        let mut options = Self::default();
        while let Some(arg) = args.next() {
            let mut path = |what| {
                let path = args.next().filter(|path| !path.is_empty());
                path.map(PathBuf::from)
                    .ok_or(format!("{} needs {what}", arg.display()))
            };
            match arg.to_str() {
                Some("--python") => options.python = true,
                Some("--svg") => options.svg = Some(path("a folder")?),
                Some("--json") => options.json = Some(path("a file")?),
                _ => {
                    let arg = arg.display();
                    let known = "--python, --svg DIR or --json FILE";
                    return Err(format!("expected {known}, not \"{arg}\""));
                }
            }
        }
        Ok(options)
    }
}
