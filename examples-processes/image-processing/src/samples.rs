//! Four pictures for a run without arguments.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use image::{ImageFormat, Rgb, RgbImage};

const SIZE: (u32, u32) = (2000, 1500); // pixels

/// Makes the pictures in a new folder under `target`. Returns them and the folder.
pub fn make() -> Result<(Vec<PathBuf>, PathBuf)> {
    let folder = new_folder(Path::new("target"))
        .context("cannot make a folder in target")?;
    let pictures =
        (1..=4).map(|number| make_one(number, &folder)).collect::<Result<_>>()?;
    Ok((pictures, folder))
}

fn new_folder(parent: &Path) -> std::io::Result<PathBuf> {
    fs::create_dir_all(parent)?;
    for number in 1.. {
        let folder = parent.join(format!("image-processing-{number}"));
        match fs::create_dir(&folder) {
            Ok(()) => return Ok(folder),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    unreachable!("the numbers do not end")
}

/// Coloured rings: squares of distances, of which one byte is kept.
fn make_one(number: u32, folder: &Path) -> Result<PathBuf> {
    let (width, height) = SIZE;
    let ring = |x: u32, y: u32| ((x * x + y * y) >> (4 + number)).to_le_bytes()[0];
    let picture = RgbImage::from_fn(width, height, |x, y| {
        Rgb([ring(x, y), ring(width - x, y), ring(x, height - y)])
    });
    let path = folder.join(format!("image{number}.jpg"));
    let unfinished = path.with_extension("part");
    picture.save_with_format(&unfinished, ImageFormat::Jpeg)?;
    fs::rename(&unfinished, &path)?;
    Ok(path)
}
