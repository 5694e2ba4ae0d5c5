"""The same program in Python, with multiprocessing.Pool and Pillow."""

import argparse
import multiprocessing
import tempfile
from pathlib import Path

from PIL import Image, ImageFilter, ImageOps

MAX_SIDE = 1600  # pixels
BLUR = 2  # standard deviation in pixels


def process(job):
    picture, result = job
    with Image.open(picture) as image:
        image.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
        image = ImageOps.exif_transpose(image)
        image = image.filter(ImageFilter.GaussianBlur(BLUR)).convert("L")
    # "x" fails if there is a file of that name.
    with open(result, "xb") as file:
        image.save(file, "PNG" if result.suffix == ".png" else "JPEG")
    return result


def make_pictures():
    folder = Path(tempfile.mkdtemp(prefix="image-processing-"))
    rings = Image.radial_gradient("L").resize((2000, 1500)).convert("RGB")
    pictures = [folder / f"image{number}.jpg" for number in range(1, 5)]
    for picture in pictures:
        rings.save(picture)
    return pictures, folder


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("pictures", nargs="*", type=Path)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    if arguments.pictures:
        pictures, out = arguments.pictures, arguments.out
        out.mkdir(parents=True, exist_ok=True)
    else:
        pictures, out = make_pictures()

    with multiprocessing.Pool() as pool:
        jobs = [
            (picture, out / f"processed_{picture.name}") for picture in pictures
        ]
        results = pool.imap(process, jobs)
        print("Main process continues executing...")
        for result in results:
            print(f"Image processed: {result.name}")
    print(f"Results in {out}")
    print("Main process exiting.")
