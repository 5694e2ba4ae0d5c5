"""The same program in Python: a future returns the result."""

import time
from concurrent.futures import ThreadPoolExecutor


def fibonacci(count):
    time.sleep(0.3)  # makes the computation longer
    sequence = [0, 1]
    for i in range(2, count):
        sequence.append(sequence[i - 2] + sequence[i - 1])
    return sequence[:count]


def do_own_work():
    time.sleep(0.1)  # your work


if __name__ == "__main__":
    with ThreadPoolExecutor(max_workers=1) as pool:
        count = 10
        computation = pool.submit(fibonacci, count)

        print("Main thread continues executing...")
        do_own_work()

        sequence = computation.result()
        print(f"Fibonacci sequence: {sequence}")
    print("Main thread exiting.")
