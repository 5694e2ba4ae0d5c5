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
        # Starts both workers, which is not what is measured.
        list(pool.map(time.sleep, [0.1, 0.1]))
        return seconds(lambda: list(pool.map(work, range(2))))


def seconds(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def compare(name, work):
    alone = seconds(lambda: [work(number) for number in range(2)])
    with_gil = alone / on_workers(ThreadPoolExecutor, work)
    without_gil = alone / on_workers(ProcessPoolExecutor, work)
    print(f"{name}-bound{with_gil:>14.2f}{without_gil:>17.2f}")
    return with_gil, without_gil


if __name__ == "__main__":
    # A build of Python without the GIL (3.13 and later) uses it for this run.
    if not getattr(sys, "_is_gil_enabled", lambda: True)():
        os.environ["PYTHON_GIL"] = "1"
        os.execv(sys.executable, [sys.executable, *sys.argv])

    print(f"Cores: {os.cpu_count()}")
    print("Speed-up of 2 threads over one after the other:")
    print(f"{'':9}{'with the GIL':>14}{'without the GIL':>17}")
    with_gil, without_gil = compare("CPU", compute)
    compare("I/O", request)

    if with_gil < 1.2 and without_gil > 1.5:
        print("The GIL keeps CPU-bound threads from using a second core.")
    else:
        print("No conclusion: there is no second core, or it is busy.")
