"""The same program in Python: what a job costs in a loop and in a Pool."""

import math
import multiprocessing
import sys
import time
from functools import cache, partial

JOBS = 20_000
RUNS = 5
CHUNKS = [1, 10, 100, 1000]
TOTAL = 200_000  # µs of a loop over all jobs, at most
SHORT = 5_000  # the same while the break-even is looked for
FEWEST_JOBS = 50
TRIES = 10
MOST = 1_000  # µs; the break-even is looked for up to here


def square(number, steps=0):
    for _ in range(steps):
        pass
    return number * number


def timed(count, run):
    """Microseconds a job."""
    start = time.perf_counter()
    run(range(count))
    return (time.perf_counter() - start) * 1e6 / count


def time_in_loop(job, count):
    return min(
        timed(count, lambda numbers: [job(n) for n in numbers]) for _ in range(RUNS)
    )


def try_pool(pool, chunk, job, count):
    return timed(count, lambda numbers: pool.map(job, numbers, chunksize=chunk))


def steps_of(microseconds):
    steps = 100_000
    whole = min(timed(1, lambda _: square(0, steps)) for _ in range(RUNS))
    return int(max(0, microseconds - empty()) * steps / whole)


@cache
def empty():
    """What a job without steps takes."""
    return time_in_loop(square, JOBS)


def pays(pool, chunk, microseconds):
    job = partial(square, steps=steps_of(microseconds))
    count = min(JOBS, max(FEWEST_JOBS, int(SHORT / microseconds)))
    in_loop = time_in_loop(job, count)
    return any(try_pool(pool, chunk, job, count) < in_loop for _ in range(TRIES))


def break_even(pool, chunk):
    high = 100 / chunk  # a guess
    while not pays(pool, chunk, high):
        if high >= MOST:
            return f"more than {MOST} µs"
        high = min(2 * high, MOST)
    low = high / 2
    while low > empty() and pays(pool, chunk, low):
        low, high = low / 2, low
    low = max(low, empty())  # no job takes less
    while high - low > high / 10:
        middle = (low + high) / 2
        if pays(pool, chunk, middle):
            high = middle
        else:
            low = middle
    return f"{digits(high)} µs"


def digits(number):
    decimals = 1 - math.floor(math.log10(number))
    return f"{number:.{min(4, max(0, decimals))}f}"


def row(chunk, chunks, microseconds, in_loop):
    than = ""
    if chunks and microseconds > in_loop:
        than = f"{digits(microseconds / in_loop)} × slower"
    elif chunks:
        than = f"{digits(in_loop / microseconds)} × faster"
    bar = "█" * max(1, int(6 * math.log10(microseconds / 0.001)))
    figure = f"{digits(microseconds)} µs"
    print(f"{chunk:>6} {chunks:>7} {figure:>9} {than:>15}  {bar}", flush=True)


def compare(pool, workers, microseconds):
    count, kind = JOBS, "squares"
    job = square
    if microseconds is not None:
        count = max(1, min(JOBS, int(TOTAL / max(microseconds, 0.001))))
        kind = f"jobs of {microseconds:g}µs"
        job = partial(square, steps=steps_of(microseconds))
    print(f"{count} {kind}, in a loop and in a pool. Workers: {workers}")
    scale = "1ns   10ns  100ns 1µs   10µs  100µs 1ms"
    print(f" chunk  chunks     a job   than the loop  {scale}", flush=True)
    in_loop = time_in_loop(job, count)
    row("loop", "", in_loop, in_loop)
    for chunk in CHUNKS:
        in_pool = min(try_pool(pool, chunk, job, count) for _ in range(RUNS))
        row(chunk, math.ceil(count / chunk), in_pool, in_loop)


if __name__ == "__main__":
    microseconds = float(sys.argv[1]) if len(sys.argv) > 1 else None
    workers = multiprocessing.cpu_count()
    with multiprocessing.Pool(workers) as pool:
        print(f"Squares: {pool.map(square, range(10))}")
        compare(pool, workers, microseconds)
        alone, in_chunks = break_even(pool, 1), break_even(pool, 1000)
    print(
        f"A job has to take {alone} before handing it to another process pays;\n"
        f"in chunks of 1000 it has to take {in_chunks}."
    )
