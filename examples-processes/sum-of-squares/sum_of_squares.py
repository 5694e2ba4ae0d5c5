"""The same program in Python, with multiprocessing.Pool."""

import multiprocessing
import sys
import time

FIRST = 10_000_000


def sum_of_squares(number):
    return sum(i * i for i in range(number))


if __name__ == "__main__":
    first = int(sys.argv[1]) if len(sys.argv) > 1 else FIRST
    numbers = [first + x for x in range(8)]
    print(f"Cores: {multiprocessing.cpu_count()}")

    start = time.perf_counter()
    serial = [sum_of_squares(number) for number in numbers]
    alone = time.perf_counter() - start
    print(f"Serial: {alone:.2f} seconds")

    start = time.perf_counter()
    with multiprocessing.Pool() as pool:
        sums = pool.map(sum_of_squares, numbers)
    seconds = time.perf_counter() - start
    faster = alone / seconds
    print(f"Processes: {seconds:.2f} seconds, {faster:.2f} times as fast")

    for number, result in zip(numbers, sums):
        print(f"Sum of squares below {number}: {result}")
    print(f"Results match: {str(serial == sums).lower()}")
