//! What is done to one picture: make it smaller, blur it, take its colour out.

use std::fs::{self, File};
use std::io::{Cursor, Read};
use std::path::Path;

use anyhow::{Result, anyhow, ensure};
use image::metadata::Orientation;
use image::{
    DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Rgba,
};

const MAX_SIDE: u32 = 1600; // pixels
const BLUR: f32 = 2.0; // standard deviation in pixels
/// The most that a file may hold, and a picture once it is decoded.
pub const MAX_BYTES: u64 = 256 * 1024 * 1024;

/// Processes a JPEG or PNG file, and writes the result in the format that the name
/// `to` says.
pub fn process(from: &Path, to: &Path) -> Result<()> {
    let _span = shared::span(from.file_name().unwrap_or_default().display());
    let (decoded, orientation) = decode(&read(from)?)?;
    let mut picture = if decoded.color().has_alpha() {
        weighed_by_opacity(decoded, |picture| blur(&shrink(picture)))
    } else {
        blur(&shrink(decoded))
    };
    picture.apply_orientation(orientation);
    match ImageFormat::from_path(to)? {
        ImageFormat::Png => write(&picture.grayscale(), to),
        _ => write(&picture.into_luma8().into(), to), // a JPEG is never transparent
    }
}

fn read(from: &Path) -> Result<Vec<u8>> {
    let metadata = fs::metadata(from)?;
    // A pipe or a device may never end, and the files of /proc say that they are
    // empty.
    ensure!(metadata.is_file(), "it is not a file");
    ensure!(metadata.len() > 0, "the file is empty");
    ensure!(metadata.len() <= MAX_BYTES, "the file is too large");
    let mut bytes = Vec::new();
    File::open(from)?.take(MAX_BYTES).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn decode(file: &[u8]) -> Result<(DynamicImage, Orientation)> {
    let _span = shared::span("decode");
    let reader = ImageReader::new(Cursor::new(file)).with_guessed_format()?;
    let format = reader.format();
    ensure!(format.is_some(), "it is neither a JPEG nor a PNG picture");
    ensure!(
        format != Some(ImageFormat::Jpeg) || has_end(file),
        "the file is cut off"
    );
    let mut decoder = reader.into_decoder().map_err(in_one_line)?;
    // A small file may claim to be a huge picture.
    let mut bytes = decoder.total_bytes();
    if decoder.color_type().has_alpha() {
        let (width, height) = decoder.dimensions();
        // `into_rgba8` takes four bytes a pixel.
        bytes = bytes.max(4 * u64::from(width) * u64::from(height));
    }
    ensure!(
        bytes <= MAX_BYTES,
        "as a picture it needs {bytes} bytes, too many"
    );
    // Cameras often turn a picture only by a note in its metadata.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let picture = DynamicImage::from_decoder(decoder).map_err(in_one_line)?;
    Ok((picture, orientation))
}

/// The text of an image error holds those of its causes already.
#[expect(clippy::needless_pass_by_value, reason = "map_err passes it so")]
fn in_one_line(error: ImageError) -> anyhow::Error {
    anyhow!("{error}")
}

/// Whether a JPEG file reaches its end marker. The decoder does not look: it fills
/// what is missing with grey.
fn has_end(jpeg: &[u8]) -> bool {
    // Skip the segments before the picture (FF, kind, length of the rest): one of
    // them may hold a preview with an end marker of its own.
    let mut rest = &jpeg[2..];
    while let [0xFF, kind, high, low, ..] = *rest
        && kind != 0xDA
    {
        let length = 2 + usize::from(u16::from_be_bytes([high, low]));
        rest = rest.get(length..).unwrap_or_default();
    }
    rest.windows(2).any(|pair| pair == [0xFF, 0xD9])
}

/// Brings the longer side down to the bound.
fn shrink(picture: DynamicImage) -> DynamicImage {
    let _span = shared::span("shrink");
    if picture.width().max(picture.height()) <= MAX_SIDE {
        return picture; // `thumbnail` would enlarge it
    }
    picture.thumbnail(MAX_SIDE, MAX_SIDE)
}

fn blur(picture: &DynamicImage) -> DynamicImage {
    let _span = shared::span("blur");
    picture.blur(BLUR)
}

/// Weighs each pixel by its opacity while `change` mixes it with its neighbours.
/// Otherwise the colour of transparent pixels, which is never seen, would run into
/// them.
fn weighed_by_opacity(
    picture: DynamicImage,
    change: impl FnOnce(DynamicImage) -> DynamicImage,
) -> DynamicImage {
    let mut pixels = picture.into_rgba8();
    for Rgba([red, green, blue, alpha]) in pixels.pixels_mut() {
        for colour in [red, green, blue] {
            *colour = scale(*colour, *alpha, u8::MAX);
        }
    }
    let mut pixels = change(pixels.into()).into_rgba8();
    for Rgba([red, green, blue, alpha]) in pixels.pixels_mut() {
        for colour in [red, green, blue] {
            *colour = scale(*colour, u8::MAX, (*alpha).max(1));
        }
    }
    pixels.into()
}

/// `colour * part / whole`, rounded, and at most 255.
fn scale(colour: u8, part: u8, whole: u8) -> u8 {
    let product = u32::from(colour) * u32::from(part) + u32::from(whole) / 2;
    u8::try_from(product / u32::from(whole)).unwrap_or(u8::MAX)
}

/// Unlike `DynamicImage::save`, this notices a full disk.
pub fn write(picture: &DynamicImage, to: &Path) -> Result<()> {
    let _span = shared::span("encode");
    let mut file = Cursor::new(Vec::new());
    picture.write_to(&mut file, ImageFormat::from_path(to)?)?;
    Ok(fs::write(to, file.into_inner())?)
}
