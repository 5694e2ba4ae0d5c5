"""The pool of process-pool against a bare ping-pong and the pools of Python.

Run it:    python3 tests/compare/process_pool.py [--rounds 5]
           (needs Linux for the one core)
"""

import argparse
import multiprocessing
import os
import platform
import statistics
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from built import built

# The same as in process_pool.rs: what stands in one row is the same work.
ROUND_TRIPS = 10_000
WARM_UP = 1_000
TINY_JOBS = 1_000_000
CHUNK = 1_000
# How far the squares are summed, and how often. Python takes about 0.3 s for a sum,
# and Rust has to sum further: a speed-up of less than a second says little.
SUMS = "5000000 10"
LONG_SUMS = "200000000 20"


def square(number):
    return number * number


def sum_below(number):
    return sum(n * n for n in range(number))


def square_or_abort(number):
    if number == 5:
        os.abort()
    return number * number


def one_by_one(side):
    """Microseconds a job, when each is waited for before the next is submitted."""
    with new_pool(side, 1) as pool:

        def wait_for(number):
            if side == "Pool":
                return pool.apply(square, (number,))
            return pool.submit(square, number).result()

        for number in range(WARM_UP):
            assert wait_for(number) == number * number
        start = time.perf_counter()
        for number in range(ROUND_TRIPS):
            wait_for(number)
        return (time.perf_counter() - start) * 1e6 / ROUND_TRIPS


def map_one_by_one(side):
    """Microseconds a job of a map that sends them one by one."""
    return map_many(side, 1, 1, ROUND_TRIPS)


def map_in_chunks(side):
    """Microseconds a job of a map over many."""
    return map_many(side, 2, CHUNK, TINY_JOBS)


def map_many(side, workers, chunk, count):
    with new_pool(side, workers) as pool:
        list(pool.map(square, range(WARM_UP), chunksize=chunk))
        start = time.perf_counter()
        squares = list(pool.map(square, range(count), chunksize=chunk))
        each = (time.perf_counter() - start) * 1e6 / count
        assert squares == [n * n for n in range(count)]
        return each


def start(side):
    """Milliseconds until a new pool of two has done its first job."""
    begin = time.perf_counter()
    with new_pool(side, 2) as pool:
        assert list(pool.map(square, [3])) == [9]
        return (time.perf_counter() - begin) * 1e3


def sums(side, below, count, workers):
    """Seconds for this many sums of the squares below a number."""
    below, count, workers = int(below), int(count), int(workers)
    with new_pool(side, workers) as pool:
        list(pool.map(square, range(workers), chunksize=1))
        begin = time.perf_counter()
        list(pool.map(sum_below, [below] * count, chunksize=1))
        return time.perf_counter() - begin


def crash(side):
    """What comes back from ten jobs, of which one ends its process."""
    with new_pool(side, 2) as pool:
        came, lost = 0, 0
        if side == "Pool":
            results = [pool.apply_async(square_or_abort, (n,)) for n in range(10)]
            for result in results:
                try:
                    result.get(timeout=2)
                    came += 1
                except multiprocessing.TimeoutError:
                    lost += 1
            following = f"the next job: {pool.apply(square, (3,))}"
            return f"{came} of 10 results; {lost} did not come in 2 s; {following}"
        results = []
        try:
            for number in range(10):
                results.append(pool.submit(square_or_abort, number))
        except BrokenProcessPool:
            pass  # already
        for result in results:
            if not result.exception():
                came += 1
        try:
            following = f"the next job: {pool.submit(square, 3).result()}"
        except BrokenProcessPool as error:
            following = f"the next job: {type(error).__name__}"
        return f"{came} of 10 results; {following}"


def new_pool(side, workers):
    if side == "Pool":
        return multiprocessing.Pool(workers)
    return ProcessPoolExecutor(workers)


def run(side, measurement, core):
    """One figure, by a process that does nothing else."""
    cores = {min(os.sched_getaffinity(0))} if core == "one core" else None
    mine = [sys.executable, __file__, "--measure", side]
    figure = subprocess.run(
        (RUST if side == "Rust" else mine) + measurement.split(),
        preexec_fn=lambda: cores and os.sched_setaffinity(0, cores),
        capture_output=True,
        check=True,
        text=True,
    )
    return figure.stdout.strip()


SIDES = ["Rust", "Pool", "Executor"]
ONE_CORE, ALL_CORES = "one core", "all cores"
# What is measured, by whom, and its unit.
ROWS = {
    "ping-pong": ("bare ping-pong, 8 bytes", SIDES[:1], "µs"),
    "one-by-one": ("submit, wait, 1 worker", SIDES, "µs a job"),
    "map-one-by-one": ("map, chunks of 1, 1 worker", SIDES, "µs a job"),
    "map-in-chunks": ("map, 10^6 in chunks of 1000, 2 workers", SIDES, "µs a job"),
    "start": ("start of 2 workers, first job", SIDES, "ms"),
    f"sums {SUMS} 1": ("10 sums below 5 000 000, 1 worker", SIDES, "s"),
    f"sums {SUMS} 2": ("10 sums below 5 000 000, 2 workers", SIDES, "s"),
    f"sums {LONG_SUMS} 1": ("20 sums below 200 000 000, 1 worker", SIDES[:1], "s"),
    f"sums {LONG_SUMS} 2": ("20 sums below 200 000 000, 2 workers", SIDES[:1], "s"),
}
PLACES = [(row, ALL_CORES) for row in ROWS]
PLACES += [(row, ONE_CORE) for row in ["ping-pong", "one-by-one", "map-one-by-one"]]


def ratio(figures, one, other, core=ALL_CORES, sides=("Rust", "Rust")):
    """Median of the ratios of the rounds."""
    over = figures[one, core, sides[0]]
    under = figures[other, core, sides[1]]
    return statistics.median(a / b for a, b in zip(over, under))


def compare(rounds):
    figures = {}
    for number in range(1, rounds + 1):
        print(f"round {number} of {rounds}", file=sys.stderr)
        # The sides take turns, so that a busy moment of the machine meets all.
        for row, core in PLACES:
            for side in ROWS[row][1]:
                figure = float(run(side, row, core))
                figures.setdefault((row, core, side), []).append(figure)

    print(f"{'':60}{'Rust':>8}{'Pool':>9}{'Executor':>9}")
    for row, core in PLACES:
        label, sides, unit = ROWS[row]
        line = f"{core + ': ' + label + ', ' + unit:59}"
        for side in sides:
            median = statistics.median(figures[row, core, side])
            line += f"{median:9.3f}" if median < 10 else f"{median:9.1f}"
        print(line)
    for core in [ONE_CORE, ALL_CORES]:
        for row in ["one-by-one", "map-one-by-one"]:
            times = ratio(figures, row, "ping-pong", core)
            limited = row == "map-one-by-one" and core == ONE_CORE
            limit = " (at most 1.33)" if limited else ""
            print(f"{core}: {ROWS[row][0]} / bare ping-pong: {times:.2f}{limit}")
    for row, limit in [("map-in-chunks", "0.1 µs"), ("start", "3 ms")]:
        median = statistics.median(figures[row, ALL_CORES, "Rust"])
        print(f"{ROWS[row][0]}: {median:.3f} (at most {limit})")
    for work, side in [(LONG_SUMS, "Rust"), (SUMS, "Pool"), (SUMS, "Executor")]:
        rows = f"sums {work} 1", f"sums {work} 2"
        times = ratio(figures, *rows, sides=(side, side))
        limit = " (at least 1.9 on 2 cores)" if side == "Rust" else ""
        print(f"{side}: speed-up of 2 workers: {times:.2f}{limit}")
    for side in SIDES[1:]:
        for row in ["one-by-one", "map-one-by-one", "map-in-chunks", "start"]:
            times = ratio(figures, row, row, sides=(side, "Rust"))
            print(f"{ROWS[row][0]}: {side} / Rust: {times:.1f}")
    for side in SIDES:
        print(f"a worker dies, {side}: {run(side, 'crash', ALL_CORES)}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        _, _, side, name, *arguments = sys.argv
        measurement = globals()[name.replace("-", "_")]
        print(measurement(side, *arguments))
        sys.exit()
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds

    RUST = [built("compare", "compare-process-pool")]

    rustc = subprocess.run(["rustc", "-V"], capture_output=True, text=True).stdout
    print(f"{len(os.sched_getaffinity(0))} cores, {platform.platform()}")
    print(f"{rustc.strip()}, Python {platform.python_version()}", end=" ")
    print(f"({multiprocessing.get_start_method()}), medians of {rounds} rounds")
    compare(rounds)
