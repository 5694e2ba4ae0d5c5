"""The same program in Python: threads wait, processes compute."""

import math
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

QUERIES = 3
QUERY_TIME = 0.5  # seconds; stands for your I/O
LIMIT = 1_000_000
CHUNKS = 4


def query(number):
    time.sleep(QUERY_TIME)
    orders = 10 * number
    say(f"[query-{number}] Received {orders} orders")
    return orders


def count_primes(number):
    count = sum(
        all(n % d for d in range(2, math.isqrt(n) + 1))
        for n in range((number - 1) * LIMIT // CHUNKS, number * LIMIT // CHUNKS)
        if n > 1
    )
    say(f"[chunk-{number}] Counted {count} primes")
    return count


def io_alone():
    with ThreadPoolExecutor() as threads:
        return sum(threads.map(query, range(1, QUERIES + 1))), None


def cpu_alone():
    with ProcessPoolExecutor() as processes:
        return None, sum(processes.map(count_primes, range(1, CHUNKS + 1)))


def overlapped():
    with ProcessPoolExecutor() as processes, ThreadPoolExecutor() as threads:
        # map starts everything and returns at once; sum waits.
        primes = processes.map(count_primes, range(1, CHUNKS + 1))
        orders = threads.map(query, range(1, QUERIES + 1))
        return sum(orders), sum(primes)


def say(line):
    # One write a line: print() would write the newline on its own.
    print(f"{line}\n", end="", flush=True)


if __name__ == "__main__":
    times = []
    for label, work in [
        ("I/O alone", io_alone),
        ("CPU alone", cpu_alone),
        ("both, overlapped", overlapped),
    ]:
        say(f"{label}:")
        start = time.perf_counter()
        orders, primes = work()
        times.append(f"{label}: {time.perf_counter() - start:.2f} seconds")
    print(f"{orders} orders, {primes} primes below {LIMIT}")
    print("\n".join(times))
