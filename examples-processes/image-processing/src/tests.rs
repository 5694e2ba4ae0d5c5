use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::{env, fs, process, thread};

use image::{ColorType, DynamicImage, ImageReader, Rgba, RgbaImage};

use crate::{output, picture, processes};

/// Made by Pillow: a red stripe on the left of a white picture of 64 x 48 pixels.
/// `rotated.jpg` is stored lying on its side, with a note in its metadata.
const FROM_OTHERS: [(&str, &[u8]); 3] = [
    ("cmyk.jpg", include_bytes!("tests/cmyk.jpg")),
    ("progressive.jpg", include_bytes!("tests/progressive.jpg")),
    ("rotated.jpg", include_bytes!("tests/rotated.jpg")),
];

#[test]
fn pictures_of_other_programs_come_out_grey_and_upright() {
    let folder = Folder::new("others");
    for (name, bytes) in FROM_OTHERS {
        let result = folder.process(name, bytes).unwrap();
        assert_eq!((result.width(), result.height()), (64, 48), "{name}");
        assert_eq!(result.color(), ColorType::L8, "{name}");
        let result = result.into_luma8();
        let (stripe, rest) =
            (result.get_pixel(4, 24).0[0], result.get_pixel(50, 24).0[0]);
        assert!((30..100).contains(&stripe), "{name}: red is {stripe}");
        assert!(rest > 245, "{name}: white is {rest}");
    }
}

#[test]
fn a_file_cut_at_any_byte_is_an_error() {
    let folder = Folder::new("cut");
    let mut files: Vec<(&str, Vec<u8>)> = FROM_OTHERS
        .iter()
        .map(|(name, bytes)| (*name, bytes.to_vec()))
        .collect();
    let mut png = Vec::new();
    let picture = DynamicImage::new_rgb16(20, 10);
    picture
        .write_to(&mut std::io::Cursor::new(&mut png), image::ImageFormat::Png)
        .unwrap();
    files.push(("picture.png", png));
    for (name, bytes) in files {
        assert!(folder.process(name, &bytes).is_ok(), "{name}");
        // The end of a PNG is a chunk of 12 bytes that holds nothing of the
        // picture.
        let last = if name.ends_with("png") {
            bytes.len() - 12
        } else {
            bytes.len()
        };
        for length in 0..last {
            assert!(
                folder.process(name, &bytes[..length]).is_err(),
                "{name}: {length}"
            );
        }
    }
}

#[test]
fn a_large_picture_keeps_its_shape_inside_the_bound() {
    let folder = Folder::new("large");
    for (from, to) in [
        ((3200, 2400), (1600, 1200)),
        ((1700, 3400), (800, 1600)),
        ((1600, 1200), (1600, 1200)),
        ((1601, 1), (1600, 1)),
    ] {
        let result =
            folder.process_picture(&DynamicImage::new_rgb8(from.0, from.1));
        assert_eq!((result.width(), result.height()), to);
    }
}

#[test]
fn a_small_file_that_claims_to_be_a_huge_picture_is_an_error() {
    let folder = Folder::new("huge");
    let mut jpeg = FROM_OTHERS[1].1.to_vec();
    let mut segments = jpeg.windows(2);
    let frame = segments.position(|pair| pair == [0xFF, 0xC2]).unwrap();
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0xFF, 0xFF, 0x0B, 0xB8]);
    let error = folder.process("huge.jpg", &jpeg).unwrap_err().to_string();
    let bytes = 3 * 65_535 * 3_000;
    assert_eq!(
        error,
        format!("as a picture it needs {bytes} bytes, too many")
    );
}

#[test]
fn what_was_transparent_stays_transparent() {
    let folder = Folder::new("transparent");
    let left_half = |x, _| Rgba(if x < 1000 { [255; 4] } else { [0; 4] });
    let picture = DynamicImage::from(RgbaImage::from_fn(2000, 100, left_half));
    for picture in [picture.clone(), picture.into_rgba16().into()] {
        let result = folder.process_picture(&picture).into_luma_alpha8();
        assert_eq!(result.width(), 1600);
        assert_eq!(result.get_pixel(400, 40).0, [255, 255]);
        assert_eq!(result.get_pixel(1200, 40).0[1], 0);
        // No dark rim: white stays white where it becomes transparent.
        for x in 790..810 {
            let [grey, alpha] = result.get_pixel(x, 40).0;
            assert!(grey >= 250 || alpha < 5, "{x}: {grey}, {alpha}");
        }
    }
}

#[test]
fn a_result_never_replaces_a_file() {
    let folder = Folder::new("names");
    let file = folder.0.join("0.jpg");
    for expected in ["processed_x.jpg", "processed_x-2.jpg", "processed_x-3.jpg"] {
        fs::write(&file, expected).unwrap();
        let name = output::name_result(&file, Path::new("a/x.tiff"), &folder.0);
        assert_eq!(name.unwrap(), Path::new(expected));
        assert!(!file.exists());
    }
    for name in ["processed_x.jpg", "processed_x-2.jpg", "processed_x-3.jpg"] {
        assert_eq!(fs::read_to_string(folder.0.join(name)).unwrap(), name);
    }
}

#[test]
fn leftovers_are_removed_by_the_next_run_but_not_while_another_one_works() {
    let folder = Folder::new("leftovers");
    let leftover = folder.0.join(".image-processing-killed");
    fs::create_dir(&leftover).unwrap();
    fs::write(leftover.join("0.jpg"), "half").unwrap();
    let first = output::Unfinished::new(&folder.0).unwrap();
    assert_eq!(leftover.exists(), cfg!(windows));
    fs::create_dir_all(&leftover).unwrap();
    let second = output::Unfinished::new(&folder.0).unwrap();
    assert!(leftover.exists(), "the first run may need it");
    drop((first, second));
    drop(output::Unfinished::new(&folder.0).unwrap());
    assert_eq!(
        fs::read_dir(&folder.0).unwrap().count(),
        cfg!(windows).into()
    );
}

#[test]
fn control_characters_are_not_printed() {
    assert_eq!(output::quoted(Path::new("Grüße.jpg")), "Grüße.jpg");
    for name in ["a\nb.jpg", "\u{1b}[2J.jpg", "\u{7f}"] {
        assert_eq!(output::quoted(Path::new(name)), format!("{name:?}"));
    }
}

#[test]
fn work_runs_together_up_to_the_limit_and_results_keep_their_order() {
    const AT_ONCE: usize = 3;
    let (running, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
    // The first item waits for the second: they must run together, and the second
    // is done first.
    let (done, wait) = mpsc::channel();
    let wait = Mutex::new(wait);
    let items: Vec<usize> = (0..50).collect();
    let work = |number: usize, &item: &usize| {
        assert_eq!(number, item);
        let now = running.fetch_add(1, Ordering::SeqCst) + 1;
        most.fetch_max(now, Ordering::SeqCst);
        match item {
            0 => wait.lock().unwrap().recv().unwrap(),
            1 => done.send(()).unwrap(),
            _ => thread::yield_now(),
        }
        running.fetch_sub(1, Ordering::SeqCst);
        item
    };
    let results: Vec<usize> = thread::scope(|scope| {
        let results = processes::start(scope, AT_ONCE, &items, &work);
        results
            .into_iter()
            .map(|result| result.recv().unwrap())
            .collect()
    });
    assert_eq!(results, items);
    assert!((2..=AT_ONCE).contains(&most.into_inner()));
}

/// A folder for one test, removed in the end.
struct Folder(PathBuf);

impl Folder {
    fn new(test: &str) -> Self {
        let name = format!("image-processing-{test}-{}", process::id());
        let folder = env::temp_dir().join(name);
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn process(&self, name: &str, file: &[u8]) -> anyhow::Result<DynamicImage> {
        let (from, to) = (self.0.join(name), self.0.join(format!("result-{name}")));
        fs::write(&from, file)?;
        picture::process(&from, &to)?;
        open(&to)
    }

    fn process_picture(&self, picture: &DynamicImage) -> DynamicImage {
        let (from, to) = (self.0.join("picture.png"), self.0.join("result.png"));
        picture.save(&from).unwrap();
        picture::process(&from, &to).unwrap();
        open(&to).unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).unwrap();
    }
}

fn open(path: &Path) -> anyhow::Result<DynamicImage> {
    Ok(ImageReader::open(path)?.decode()?)
}
