"""The same program in Python: a job that crashes breaks the pool for all others."""

import math
import os
from concurrent.futures import ProcessPoolExecutor, as_completed


def count_primes(below):
    return sum(
        all(n % d for d in range(2, math.isqrt(n) + 1)) for n in range(2, below)
    )


def fail(how):
    if how == "raise":
        raise RuntimeError("on purpose")
    os.abort()


def report(pool, function, argument):
    job = f"{function.__name__}({argument!r})"
    try:
        print(f"{job}: {pool.submit(function, argument).result()}")
    except Exception as error:
        print(f"{job}: {error!r}")


if __name__ == "__main__":
    with ProcessPoolExecutor() as pool:
        report(pool, count_primes, 20_000)
        report(pool, fail, "raise")
        report(pool, fail, "abort")
        report(pool, count_primes, 10_000)

    with ProcessPoolExecutor() as pool:
        print("As they complete:")
        jobs = [pool.submit(count_primes, n) for n in (20_000, 15_000, 10_000)]
        for job in as_completed(jobs):
            print(f"[job-{jobs.index(job) + 1}] {job.result()} primes")

        job = pool.submit(count_primes, 10_000)
        print("A worker counts, and main goes on.")
        print(f"{job.result()} primes")
