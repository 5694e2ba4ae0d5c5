"""The same program in Python: Counter, threads, and a multiprocessing.Pool.

It runs on Python 3.9 and newer, and needs no package. It has no progress bar.
"""

import io
import json
import multiprocessing
import os
import stat
import sys
import threading
import time
from collections import Counter

WORDS = 120_000
TOP = 5
PIECE_LEN = 64 * 1024  # bytes
FREQUENT = ["The", "of", "and", "to", "a", "in", "is", "it"]
DIFFERENT = 4096  # words


def made_up_text(words):
    random = random_numbers()
    text = []
    for position in range(1, words + 1):
        product = next(random) * next(random)
        rank = product * next(random) // DIFFERENT**2
        text.append(FREQUENT[rank] if rank < len(FREQUENT) else f"word-{rank}")
        text.append(" " if position % 10 else "\n")
    return "".join(text).encode()


def random_numbers():
    state = 1
    while True:
        state = state * 6364136223846793005 + 1442695040888963407
        state &= 0xFFFF_FFFF_FFFF_FFFF
        yield (state >> 33) % DIFFERENT


def pieces(text):
    """Cuts a text into pieces that end at white space."""
    rest = b""
    while True:
        piece = rest + text.read(PIECE_LEN - len(rest))
        rest = b""
        if len(piece) == PIECE_LEN:
            end = max(map(piece.rfind, b" \t\n\v\f\r")) + 1
            if end > 0:
                piece, rest = piece[:end], piece[end:]
            yield piece
        else:
            yield piece
            return


def count(piece):
    return Counter(piece.lower().split())  # of bytes: ASCII only


def serial(pieces):
    counts = Counter()
    for piece in pieces:
        counts.update(piece.lower().split())
    return counts


def with_threads(pieces, cores):
    all_counts, lock = [], threading.Lock()

    def next_pieces():
        while True:
            with lock:  # a generator cannot be used by two threads at once
                piece = next(pieces, None)
            if piece is None:
                return
            yield piece

    threads = [
        threading.Thread(target=lambda: all_counts.append(serial(next_pieces())))
        for _ in range(cores)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(all_counts, Counter())


def with_pool(pieces, pool):
    counts = Counter()
    for some in pool.imap_unordered(count, pieces):
        counts.update(some)
    return counts


def compare():
    text = made_up_text(WORDS)
    cores = len(os.sched_getaffinity(0))
    print(f"Cores: {cores}")

    counts, serial_time = timed(lambda: serial(pieces(io.BytesIO(text))))
    print(f"Serial: {serial_time:.2f} seconds")

    threads, elapsed = timed(lambda: with_threads(pieces(io.BytesIO(text)), cores))
    report("Threads", elapsed, serial_time)

    with multiprocessing.Pool(cores) as pool:
        pool.map(count, [b""] * cores)  # its processes have started
        result, elapsed = timed(lambda: with_pool(pieces(io.BytesIO(text)), pool))
    report("Pool", elapsed, serial_time)

    print("Results match:", "true" if counts == threads == result else "false")
    print_top(counts)


def timed(work):
    start = time.perf_counter()
    return work(), time.perf_counter() - start


def report(name, elapsed, serial_time):
    print(f"{name}: {elapsed:.2f} seconds, ", end="")
    print(f"{serial_time / elapsed:.2f} times as fast")


def files_below(folder, errors):
    """Finds the files. It follows no links, and ignores pipes and devices."""
    os.stat(folder)
    # Without `onerror`, a folder that cannot be read is left out silently.
    for place, _, names in os.walk(folder, onerror=errors.append):
        for name in names:
            path = os.path.join(place, name)
            try:
                if stat.S_ISREG(os.lstat(path).st_mode):
                    yield path
            except OSError as error:
                errors.append(error)


def pieces_below(folder, errors, no_text):
    for path in files_below(folder, errors):
        try:
            with open(path, "rb") as file:
                for number, piece in enumerate(pieces(file)):
                    if number == 0 and b"\0" in piece:
                        no_text.append(path)
                        break
                    yield piece
        except OSError as error:
            error.filename = path  # an error of `read` does not name the file
            errors.append(error)


def count_folder(folder):
    errors, no_text = [], []
    with multiprocessing.Pool() as pool:
        counts = with_pool(pieces_below(folder, errors, no_text), pool)
    print_top(counts)
    print(f"Files that are no text: {len(no_text)}")
    for error in sorted(errors, key=lambda error: error.filename):
        name = json.dumps(error.filename)
        print(f"Cannot read {name}: {error.strerror} (os error {error.errno})")
    if errors:
        sys.exit("Error: not everything could be read")


def print_top(counts):
    print(f"Words: {sum(counts.values())}")
    print(f"Different words: {len(counts)}")
    ranking = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    for word, number in ranking[:TOP]:
        text = json.dumps(word.decode(errors="replace"), ensure_ascii=False)
        print(f"  {text} {number}")


if __name__ == "__main__":
    if len(sys.argv) > 2:
        sys.exit("Error: expected one folder, or nothing")
    if len(sys.argv) == 2:
        count_folder(sys.argv[1])
    else:
        compare()
