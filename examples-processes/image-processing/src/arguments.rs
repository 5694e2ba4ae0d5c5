//! What the reader may type: nothing, or pictures and a folder for the results.

use std::ffi::OsString;
use std::path::PathBuf;

const EXPECTED: &str = "expected PICTURE... --out FOLDER, or nothing";

/// The pictures and the folder; `None` without arguments. Fails with one line that
/// names what is wrong.
pub fn parse(
    args: Vec<OsString>,
) -> Result<Option<(Vec<PathBuf>, PathBuf)>, String> {
    if args.is_empty() {
        return Ok(None);
    }
    let (mut pictures, mut out) = (Vec::new(), None);
    let mut args = args.into_iter();
    while let Some(arg) = args.next() {
        if arg == "--out" {
            out = args.next().filter(|out| !out.is_empty()).map(PathBuf::from);
        } else if arg.to_string_lossy().starts_with('-') {
            return Err(format!("unknown option {}: {EXPECTED}", arg.display()));
        } else {
            pictures.push(PathBuf::from(arg));
        }
    }
    match out {
        _ if pictures.is_empty() => Err(format!("no pictures: {EXPECTED}")),
        None => Err(format!("no folder for the results: {EXPECTED}")),
        Some(out) => Ok(Some((pictures, out))),
    }
}
