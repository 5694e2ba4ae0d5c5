"""image-processing against itself on one core, and against Pillow in a Pool.

Run it:    python3 tests/compare/image_processing.py [--photos 40] [--rounds 3]
           (needs Pillow, and Linux for the one core)
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from PIL import Image

from built import ROOT, built

EXAMPLE = ROOT / "examples-processes" / "image-processing"
SIZE = (4000, 3000)  # 12 megapixels


def make_photos(folder, count):
    """Noise at several scales is about as hard to compress as a photo."""
    originals = []
    for number in range(4):
        channels = []
        for _ in range(3):
            channel = Image.new("L", SIZE, 128)
            for height, share in ((16, 0.5), (128, 0.3), (1000, 0.2)):
                noise = Image.effect_noise((height * 4 // 3, height), 90).resize(
                    SIZE
                )
                channel = Image.blend(channel, noise, share)
            channels.append(channel)
        originals.append(folder / f"original{number}.jpg")
        Image.merge("RGB", channels).save(originals[-1], quality=90)
    photos = [folder / f"photo{number:02}.jpg" for number in range(count)]
    for number, photo in enumerate(photos):
        shutil.copy(originals[number % 4], photo)
    return photos


def measure(command, cores, out):
    """Seconds, and the most memory that any one process of the run held, in MiB."""
    shutil.rmtree(out, ignore_errors=True)  # a result never replaces another one
    start = time.perf_counter()
    run = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        preexec_fn=lambda: os.sched_setaffinity(0, cores),
    )
    _, status, usage = os.wait4(run.pid, 0)
    if status != 0:
        sys.exit(f"{command[0]} failed")
    return time.perf_counter() - start, usage.ru_maxrss / 1024


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--photos", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()

    rust = [built("image-processing", release=False)]
    python = [sys.executable, EXAMPLE / "image_processing.py"]

    cores = os.sched_getaffinity(0)
    one_core = {min(cores)}
    with tempfile.TemporaryDirectory() as folder:
        photos = make_photos(Path(folder), arguments.photos)
        out = Path(folder) / "out"
        job = [*photos, "--out", out]
        print(f"{len(photos)} photos of 12 megapixels, {len(cores)} cores")
        speed_up, against_pillow = [], []
        for number in range(1, arguments.rounds + 1):
            on_all, memory = measure(rust + job, cores, out)
            on_one, _ = measure(rust + job, one_core, out)
            pillow, pillow_memory = measure(python + job, cores, out)
            print(
                f"round {number}: {on_all:.2f} s, on one core {on_one:.2f} s,",
                end=" ",
            )
            print(f"Pillow {pillow:.2f} s")
            speed_up.append(on_one / on_all)
            against_pillow.append(on_all / pillow)
    print(f"largest process: {memory:.0f} MiB, Pillow {pillow_memory:.0f} MiB")
    print(f"speed-up, all cores / one core: {statistics.median(speed_up):.2f}")
    print(f"time, Rust / Pillow: {statistics.median(against_pillow):.2f}")
