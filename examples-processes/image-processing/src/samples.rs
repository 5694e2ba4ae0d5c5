//! Four pictures for a run without arguments.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;
use image::{Rgb, RgbImage};

use crate::picture;

/// Makes the pictures in the folder.
pub fn make(folder: &Path) -> Result<Vec<OsString>> {
    let mut pictures = Vec::new();
    for number in 1..=4 {
        pictures.push(make_one(number, folder)?.into_os_string());
    }
    Ok(pictures)
}

/// Coloured rings: squares of distances, of which one byte is kept.
fn make_one(number: u32, folder: &Path) -> Result<PathBuf> {
    let (width, height) = (2000, 1500);
    let ring = |x: u32, y: u32| ((x * x + y * y) >> (9 + number)).to_le_bytes()[0];
    let picture = RgbImage::from_fn(width, height, |x, y| {
        Rgb([ring(x, y), ring(width - x, y), ring(x, height - y)])
    });
    let file = folder.join(format!("image{number}.jpg"));
    let unfinished = folder.join(format!(".image{number}.jpg"));
    picture::write(&picture.into(), &unfinished)?;
    fs::rename(&unfinished, &file)?;
    Ok(file)
}
