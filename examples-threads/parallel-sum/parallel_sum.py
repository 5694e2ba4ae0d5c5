"""The same program in Python: one thread computes at a time, because of the GIL."""

import math
import os
import time
from concurrent.futures import ThreadPoolExecutor

COUNT = 20_000
FIRST = 100_000_000
CHUNK_SIZE = 1_000


def sum_with_threads(numbers, cores):
    chunk_size = math.ceil(len(numbers) / cores)
    return sum_with_pool(numbers, cores, chunk_size)


def sum_with_pool(numbers, cores, chunk_size=CHUNK_SIZE):
    chunks = [
        numbers[start : start + chunk_size]
        for start in range(0, len(numbers), chunk_size)
    ]
    with ThreadPoolExecutor(max_workers=cores) as pool:
        return sum(pool.map(sum_of_primes, chunks))


def sum_of_primes(numbers):
    return sum(number for number in numbers if is_prime(number))


def is_prime(number):
    divisors = range(2, math.isqrt(number) + 1)
    return number >= 2 and all(number % divisor for divisor in divisors)


def timed(work, *args):
    start = time.perf_counter()
    result = work(*args)
    return result, time.perf_counter() - start


def report(name, seconds, serial_time):
    speed_up = serial_time / seconds
    hint = " (because of the GIL?)" if speed_up < 1.5 else ""
    print(f"{name}: {seconds:.2f} seconds, {speed_up:.2f} times as fast{hint}")


if __name__ == "__main__":
    numbers = range(FIRST, FIRST + COUNT)
    cores = os.cpu_count()
    print(f"Cores: {cores}")

    serial, serial_time = timed(sum_of_primes, numbers)
    print(f"Serial: {serial_time:.2f} seconds")

    threads, threads_time = timed(sum_with_threads, numbers, cores)
    report("Threads", threads_time, serial_time)

    pool, pool_time = timed(sum_with_pool, numbers, cores)
    report("Pool", pool_time, serial_time)

    print(f"Sum of the primes: {serial}")
    print(f"Results match: {str(serial == threads == pool).lower()}")
