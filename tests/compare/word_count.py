"""word-count against itself on one thread, against reading and splitting without
counting, and against Counter in Python, alone and in a multiprocessing.Pool.

Run it:    python3 tests/compare/word_count.py [--mebibytes 1024] [--rounds 3]
           (needs Linux, and as much room in the folder for temporary files)
"""

import argparse
import multiprocessing
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter

from built import built

DIFFERENT = 60_000  # words
PIECE = 1024 * 1024  # bytes
PART = 32 * PIECE  # of a file, for a process of the pool


def make_text(file, length):
    """The word at position n is 1 / n as frequent as the first (Zipf's law)."""
    random.seed(1)
    letters = "etaoinshrdlucmfwypvb"
    words = [
        "".join(random.choices(letters, k=random.randint(2, 10)))
        for _ in range(DIFFERENT)
    ]
    weights = [1 / number for number in range(1, DIFFERENT + 1)]
    text = random.choices(words, weights, k=3_000_000)
    block = "\n".join(
        " ".join(text[line : line + 12]) for line in range(0, len(text), 12)
    )
    block = block.encode() + b"\n"
    with open(file, "wb") as out:
        while length > 0:
            length -= out.write(block[:length])


def count_range(job):
    """Reads and counts its own part of the file, so that little is sent."""
    file, start, end = job
    counts = Counter()
    with open(file, "rb") as text:
        text.seek(start)
        if start > 0:
            text.readline()  # belongs to the part before
        while text.tell() <= end:
            piece = text.read(min(PIECE, end - text.tell())) + text.readline()
            if not piece:
                break
            counts.update(piece.lower().split())
    return counts


def counter(way, file):
    """Counter, on one core or in a pool. Prints the seconds and the words."""
    start = time.perf_counter()
    length = os.path.getsize(file)
    parts = [(file, at, at + PART) for at in range(0, length, PART)]
    counts = Counter()
    if way == "pool":
        with multiprocessing.Pool() as pool:
            for some in pool.imap_unordered(count_range, parts):
                counts.update(some)
    else:
        counts = count_range((file, 0, length))
    print(time.perf_counter() - start, sum(counts.values()))


def measure(command):
    """Seconds, words, and the memory of the run's first process in MiB."""
    run = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    seconds, words = run.stdout.read().split()
    _, status, usage = os.wait4(run.pid, 0)
    if status != 0:
        sys.exit(f"{command[0]} failed")
    return float(seconds), int(words), usage.ru_maxrss / 1024


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--mebibytes", type=int, default=1024)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--python", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.python:
        counter(*arguments.python)
        sys.exit()

    rust = built("compare", "compare-word-count")
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "text.txt")
        # In a process of its own: a child counts the memory that its parent has.
        length = arguments.mebibytes * 1024 * 1024
        maker = multiprocessing.Process(target=make_text, args=[file, length])
        maker.start()
        maker.join()
        commands = {
            way: [rust, way, folder]
            for way in ("limit", "serial", "threads", "rayon")
        }
        for way in ("Counter", "pool"):
            commands[way] = [sys.executable, __file__, "--python", way, file]
        cores = len(os.sched_getaffinity(0))
        print(f"{arguments.mebibytes} MiB of text, {cores} cores")
        times, memory = {way: [] for way in commands}, {}
        for number in range(1, arguments.rounds + 1):
            counted = set()
            for way, command in commands.items():
                seconds, words, memory[way] = measure(command)
                times[way].append(seconds)
                counted.add(words)
            assert len(counted) == 1, counted
            shown = ", ".join(f"{way} {times[way][-1]:.2f} s" for way in times)
            print(f"round {number}: {shown}", flush=True)
    for way in ("serial", "threads", "rayon"):
        print(f"{way}: at most {memory[way]:.0f} MiB of memory")
    for name, slow, fast in (
        ("serial / threads", "serial", "threads"),
        ("serial / rayon", "serial", "rayon"),
        ("rayon / limit", "rayon", "limit"),
        ("Counter / serial", "Counter", "serial"),
        ("Counter in a Pool / rayon", "pool", "rayon"),
    ):
        # Of each round, so that what else the machine does counts for both.
        ratios = [a / b for a, b in zip(times[slow], times[fast])]
        print(f"{name}: {statistics.median(ratios):.2f}")
