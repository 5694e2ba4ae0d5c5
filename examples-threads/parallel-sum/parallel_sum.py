"""The same program in Python: one thread computes at a time, because of the GIL."""

import math
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor

COUNT = 100_000
FIRST = 100_000_000
CHUNK = 1_000


def sum_of_primes(numbers):
    return sum(number for number in numbers if is_prime(number))


def is_prime(number):
    divisors = range(2, math.isqrt(number) + 1)
    return number >= 2 and all(number % divisor for divisor in divisors)


def on_threads(numbers, size):
    chunks = [numbers[n : n + size] for n in range(0, len(numbers), size)]
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        return sum(pool.map(sum_of_primes, chunks))


def timed(work, *args):
    start = time.perf_counter()
    result = work(*args)
    return result, time.perf_counter() - start


def report(name, seconds, alone):
    print(f"{name}: {seconds:.2f} seconds, {alone / seconds:.2f} times as fast")


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else COUNT
    numbers = range(FIRST, FIRST + count)
    print(f"Cores: {os.cpu_count()}")

    serial, alone = timed(sum_of_primes, numbers)
    print(f"Serial: {alone:.2f} seconds")
    a_chunk_for_each = max(1, math.ceil(count / os.cpu_count()))
    threads, seconds = timed(on_threads, numbers, a_chunk_for_each)
    report("Threads", seconds, alone)
    pool, seconds = timed(on_threads, numbers, CHUNK)
    report("Pool", seconds, alone)

    print(f"Sum of the primes: {serial}")
    print(f"Results match: {str(serial == threads == pool).lower()}")
