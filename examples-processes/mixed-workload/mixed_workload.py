"""The same program in Python: threads wait, processes compute."""

import math
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager

QUERIES = 3
QUERY_TIME = 0.5  # seconds
LIMIT = 1_000_000
CHUNKS = 4


def io_alone():
    with timer("I/O alone"), ThreadPoolExecutor() as threads:
        sum(threads.map(query, range(1, QUERIES + 1)))


def cpu_alone():
    with timer("CPU alone"), ProcessPoolExecutor() as processes:
        sum(processes.map(count_primes, range(1, CHUNKS + 1)))


def overlapped():
    with timer("Both, overlapped,"):
        with ProcessPoolExecutor() as processes, ThreadPoolExecutor() as threads:
            # map starts everything and returns at once; sum waits.
            primes = processes.map(count_primes, range(1, CHUNKS + 1))
            orders = threads.map(query, range(1, QUERIES + 1))
            return sum(orders), sum(primes)


def query(number):
    time.sleep(QUERY_TIME)  # your I/O
    orders = 10 * number
    say(f"[query-{number}] Received {orders} orders")
    return orders


def count_primes(number):
    numbers = range((number - 1) * LIMIT // CHUNKS, number * LIMIT // CHUNKS)
    count = sum(map(is_prime, numbers))
    say(f"[chunk-{number}] Counted {count} primes")
    return count


def is_prime(n):
    return n > 1 and all(n % divisor for divisor in range(2, math.isqrt(n) + 1))


@contextmanager
def timer(label):
    start = time.perf_counter()
    yield
    say(f"{label} in {time.perf_counter() - start:.2f} seconds")


def say(line):
    # One write per line: print() would write the newline separately.
    print(f"{line}\n", end="", flush=True)


if __name__ == "__main__":
    io_alone()
    cpu_alone()
    orders, primes = overlapped()
    print(f"{orders} orders, {primes} primes below {LIMIT}")
