"""The same in Python: a waiting thread takes no other job, so nothing hangs."""

import functools
import multiprocessing
import os
import queue
import threading
import time
from concurrent.futures import ThreadPoolExecutor

# Kind, number of items, and steps of work for each.
ROWS = [
    ("cheap", 100, 10),
    ("cheap", 10_000, 10),
    ("costly", 10, 500),
    ("costly", 100, 500),
]
WAIT = 0.02  # seconds


def print_table(pool):
    print("items                 loop      pool.map")
    for kind, items, steps in ROWS:
        work = functools.partial(work_on, steps)
        loop = timed(lambda: max(map(work, range(items))))
        pool_map = timed(lambda: max(pool.map(work, range(items))))
        print(f"{items:6} {kind:6} {loop * 1e6:9.1f} µs {pool_map * 1e6:9.1f} µs")


def work_on(steps, number):
    for step in range(steps):
        number = (number * 31 + step) % 2**64
    return number


def timed(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def sum_under_lock(numbers, lock, pool):
    with lock:
        return sum(pool.map(int, numbers))


def sum_of_copy(numbers, lock, pool):
    with lock:
        copy = list(numbers)
    return sum(pool.map(int, copy))


def lock_around_it():
    for way, sum_them in [
        ("around map", sum_under_lock),
        ("for a copy", sum_of_copy),
    ]:
        sums = queue.Queue()
        lock = threading.Lock()
        with ThreadPoolExecutor(max_workers=2) as pool:
            for _ in range(2):
                request = lambda: sums.put(sum_them([1, 2], lock, pool))
                threading.Thread(target=request, daemon=True).start()
            print(f"Lock held {way}: {[sums.get() for _ in range(2)]}")


def jobs_that_wait():
    cores = os.cpu_count()
    waits = 4 * cores
    for where, threads in [("the pool", cores), ("threads", waits)]:
        with ThreadPoolExecutor(max_workers=threads) as pool:
            seconds = timed(lambda: list(pool.map(time.sleep, [WAIT] * waits)))
        ms, rounds = round(seconds * 1000), round(seconds / WAIT)
        print(f"Waits in {where}: {waits} in {ms} ms, rounds: {rounds}")


if __name__ == "__main__":
    with multiprocessing.Pool() as pool:
        print_table(pool)
    lock_around_it()
    jobs_that_wait()
