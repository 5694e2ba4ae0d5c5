"""The same program in Python: the future carries the result home."""

import sys
import time
from concurrent.futures import ThreadPoolExecutor

COUNT = 10
WORK = 0.3  # seconds


def fibonacci(count):
    time.sleep(WORK)
    sequence = []
    a, b = 0, 1
    for _ in range(count):
        sequence.append(a)
        a, b = b, a + b
    return sequence


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else COUNT

    with ThreadPoolExecutor(max_workers=1) as pool:
        computation = pool.submit(fibonacci, count)
        print("Main thread continues executing...")
        print(f"Fibonacci sequence: {computation.result()}")
    print("Main thread exiting.")
