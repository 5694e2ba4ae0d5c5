"""The real GIL: threads share one, and each process has one of its own."""

import math
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

COSINES = 5_000_000
REQUESTS = 5
LATENCY = 0.05  # seconds


def compute(_):
    x = 1.0
    for _ in range(COSINES):
        x = math.cos(x)


def request(_):
    for _ in range(REQUESTS):
        time.sleep(LATENCY)  # releases the GIL, as all I/O does


def on_workers(pool_type, work):
    with pool_type(max_workers=2) as pool:
        # Starts both workers: that is not what is measured.
        list(pool.map(time.sleep, [0.1, 0.1]))
        return timed(lambda: list(pool.map(work, range(2))))


def timed(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def compare(name, work):
    alone = timed(lambda: [work(number) for number in range(2)])
    gil = on_workers(ThreadPoolExecutor, work)
    without = on_workers(ProcessPoolExecutor, work)
    print(f"{name}-bound{alone / gil:>14.2f}{alone / without:>17.2f}")


if __name__ == "__main__":
    # A build of Python that has no GIL (3.13 and later) takes it for this run.
    if not getattr(sys, "_is_gil_enabled", lambda: True)():
        os.environ["PYTHON_GIL"] = "1"
        os.execv(sys.executable, [sys.executable, *sys.argv])

    print(f"Cores: {os.cpu_count()}")
    print("2 threads, times as fast as one after the other:")
    print(f"{'':9}{'with the GIL':>14}{'without the GIL':>17}")
    compare("CPU", compute)
    compare("I/O", request)
