//! What is done to one picture: shrink it, blur it, take the colour out.

use std::fs::{self, File};
use std::io::{Cursor, Read};
use std::path::Path;

use anyhow::{Context, Result, anyhow, ensure};
use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::{U8x3, U8x4};
use fast_image_resize::{PixelTrait, Resizer};
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader};
use image::{RgbImage, Rgba, RgbaImage};

/// The longer side of a processed picture, at the most.
const LONGEST_SIDE: u32 = 1600; // pixels
const BLUR: f32 = 2.0; // standard deviation in pixels

/// What is read, at the most: a file can claim and hold anything.
const LARGEST_FILE: u64 = 512 * 1024 * 1024; // bytes
const MOST_PIXELS: u64 = 200_000_000;
const LONGEST_SIDE_READ: u32 = 65_535; // pixels, as in a JPEG

/// Processes the picture at `from`, a JPEG or PNG file, and writes the result to
/// `to`: as PNG if its name ends so, otherwise as JPEG.
pub fn process(from: &Path, to: &Path) -> Result<()> {
    let _span = shared::span(from.file_name().unwrap_or_default().display());
    let (picture, orientation) = decode(&read(from)?)?;
    let mut picture = shrink(picture)?;
    picture.apply_orientation(orientation);
    let picture = grey(blur(picture), ImageFormat::from_path(to)?);
    let _span = shared::span("encode");
    write(&picture, to).context("cannot write the result")
}

fn read(file: &Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(file)?
        .take(LARGEST_FILE + 1)
        .read_to_end(&mut bytes)?;
    ensure!(bytes.len() as u64 <= LARGEST_FILE, "the file is too large");
    Ok(bytes)
}

/// Writes a picture in the format that the name of the file says.
pub fn write(picture: &DynamicImage, to: &Path) -> Result<()> {
    let mut file = Cursor::new(Vec::new());
    picture.write_to(&mut file, ImageFormat::from_path(to)?)?;
    // Not `DynamicImage::save`: it does not notice that the disk is full.
    Ok(fs::write(to, file.into_inner())?)
}

fn decode(file: &[u8]) -> Result<(DynamicImage, Orientation)> {
    let _span = shared::span("decode");
    ensure!(!file.is_empty(), "the file is empty");
    let reader = ImageReader::new(Cursor::new(file)).with_guessed_format()?;
    let format = reader.format();
    ensure!(format.is_some(), "neither a JPEG nor a PNG picture");
    ensure!(
        format != Some(ImageFormat::Jpeg) || has_end(file),
        "the file is cut short"
    );

    // An image error's text holds those of its causes already.
    let whole = |error: ImageError| anyhow!("{error}");
    let mut decoder = reader.into_decoder().map_err(whole)?;
    // A small file may claim to be a huge picture.
    let (width, height) = decoder.dimensions();
    let fits = width.max(height) <= LONGEST_SIDE_READ
        && u64::from(width) * u64::from(height) <= MOST_PIXELS;
    ensure!(fits, "{width} x {height} pixels are too many");
    // Cameras turn a picture by a note in its metadata, which the result loses.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    Ok((
        DynamicImage::from_decoder(decoder).map_err(whole)?,
        orientation,
    ))
}

/// Whether a JPEG file reaches its end-of-image marker. The decoder does not mind:
/// it fills the rest with grey. Source: ITU-T T.81, B.1.1.
fn has_end(jpeg: &[u8]) -> bool {
    let mut rest = &jpeg[2..]; // behind the start-of-image marker
    loop {
        // Inside the coded picture, FF stands only before 00 and D0 to D7.
        let marker = |pair: &[u8]| {
            pair[0] == 0xFF && !matches!(pair[1], 0x00 | 0xD0..=0xD7 | 0xFF)
        };
        let Some(at) = rest.windows(2).position(marker) else {
            return false;
        };
        if rest[at + 1] == 0xD9 {
            return true;
        }
        // Every other marker starts a segment, with its length in the first two
        // bytes.
        let segment = &rest[at + 2..];
        let Some(&length) = segment.first_chunk() else {
            return false;
        };
        let Some(next) = segment.get(u16::from_be_bytes(length).into()..) else {
            return false;
        };
        rest = next;
    }
}

/// Brings the picture to 8 bits a channel and, if it is larger, down to the bound.
fn shrink(picture: DynamicImage) -> Result<DynamicImage> {
    let _span = shared::span("shrink");
    let from = (picture.width(), picture.height());
    if picture.color().has_alpha() {
        let (pixels, (width, height)) =
            resize::<U8x4>(picture.into_rgba8().into_vec(), from)?;
        Ok(RgbaImage::from_vec(width, height, pixels)
            .expect("4 bytes a pixel")
            .into())
    } else {
        let (pixels, (width, height)) =
            resize::<U8x3>(picture.into_rgb8().into_vec(), from)?;
        Ok(RgbImage::from_vec(width, height, pixels)
            .expect("3 bytes a pixel")
            .into())
    }
}

type Size = (u32, u32); // width and height, in pixels

fn resize<P: PixelTrait>(pixels: Vec<u8>, from: Size) -> Result<(Vec<u8>, Size)> {
    let to = bounded(from);
    if to == from {
        return Ok((pixels, from));
    }
    let source = TypedImageRef::<P>::from_buffer(from.0, from.1, &pixels)?;
    let mut resized = vec![0; to.0 as usize * to.1 as usize * P::size()];
    let mut target = TypedImage::<P>::from_buffer(to.0, to.1, &mut resized)?;
    Resizer::new().resize_typed(&source, &mut target, None)?; // Lanczos
    Ok((resized, to))
}

/// The size of the same shape with the longer side inside the bound.
fn bounded((width, height): Size) -> Size {
    let longer = width.max(height).max(LONGEST_SIDE);
    let scaled =
        |side| u64::from(side) * u64::from(LONGEST_SIDE) / u64::from(longer);
    let side = |side| u32::try_from(scaled(side)).expect("below the bound").max(1);
    (side(width), side(height))
}

fn blur(picture: DynamicImage) -> DynamicImage {
    let _span = shared::span("blur");
    let DynamicImage::ImageRgba8(mut pixels) = picture else {
        return picture.blur(BLUR);
    };
    // Weighed by their opacity: nobody sees the colour of a transparent pixel, so
    // it must not run into its neighbours.
    for Rgba([red, green, blue, alpha]) in pixels.pixels_mut() {
        for colour in [red, green, blue] {
            *colour = share(*colour, *alpha, u8::MAX);
        }
    }
    let mut pixels = DynamicImage::from(pixels).blur(BLUR).into_rgba8();
    for Rgba([red, green, blue, alpha]) in pixels.pixels_mut() {
        for colour in [red, green, blue] {
            *colour = share(*colour, u8::MAX, (*alpha).max(1));
        }
    }
    pixels.into()
}

fn grey(picture: DynamicImage, format: ImageFormat) -> DynamicImage {
    let _span = shared::span("grey");
    match format {
        ImageFormat::Jpeg => picture.into_luma8().into(), // it has no transparency
        _ => picture.grayscale(),
    }
}

/// `colour * part / whole`, rounded and not above 255.
fn share(colour: u8, part: u8, whole: u8) -> u8 {
    let (colour, part, whole) =
        (u32::from(colour), u32::from(part), u32::from(whole));
    u8::try_from((colour * part + whole / 2) / whole).unwrap_or(u8::MAX)
}
