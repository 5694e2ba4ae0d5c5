"""The same program in Python, with multiprocessing.Pool."""

import multiprocessing
import time

FIRST = 10_000_000


def sum_of_squares(number):
    return sum(i * i for i in range(number))


if __name__ == "__main__":
    numbers = range(FIRST, FIRST + 8)

    # One after the other, in this process.
    start = time.perf_counter()
    expected = [sum_of_squares(number) for number in numbers]
    serial_time = time.perf_counter() - start

    # Each in a process of the pool, which has one for each core.
    start = time.perf_counter()
    with multiprocessing.Pool() as pool:
        sums = pool.map(sum_of_squares, numbers, chunksize=1)
    processes_time = time.perf_counter() - start

    for number, result in zip(numbers, sums):
        print(f"Sum of squares below {number}: {result}")
    print(f"Results match: {str(sums == expected).lower()}")
    print(f"Cores: {multiprocessing.cpu_count()}")
    print(f"Serial: {serial_time:.2f} seconds")
    speed_up = serial_time / processes_time
    print(f"Processes: {processes_time:.2f} seconds, {speed_up:.2f} times as fast")
