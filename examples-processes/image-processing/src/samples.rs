//! Four pictures for a run without arguments.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use image::{Rgb, RgbImage};

use crate::{output, picture};

const SIZE: (u32, u32) = (2000, 1500); // pixels

/// Makes the pictures in a new folder under `target`. Returns them and the folder.
pub fn make() -> Result<(Vec<PathBuf>, PathBuf)> {
    let target = Path::new("target");
    fs::create_dir_all(target).context("cannot make the folder target")?;
    let folder = output::new_folder(target, "image-processing")
        .context("cannot make a folder in target")?;
    let pictures = (1..=4).map(|number| make_one(number, &folder));
    Ok((pictures.collect::<Result<_>>()?, folder))
}

/// Coloured rings: squares of distances, of which one byte is kept.
fn make_one(number: u32, folder: &Path) -> Result<PathBuf> {
    let (width, height) = SIZE;
    let ring = |x: u32, y: u32| ((x * x + y * y) >> (9 + number)).to_le_bytes()[0];
    let picture = RgbImage::from_fn(width, height, |x, y| {
        Rgb([ring(x, y), ring(width - x, y), ring(x, height - y)])
    });
    let path = folder.join(format!("image{number}.jpg"));
    let unfinished = folder.join(format!(".image{number}.jpg"));
    picture::write(&picture.into(), &unfinished)?;
    fs::rename(&unfinished, &path)?;
    Ok(path)
}
