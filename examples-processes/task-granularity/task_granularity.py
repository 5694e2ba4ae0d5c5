"""The same program in Python: what a job costs in a loop and in a Pool."""

import multiprocessing
import time

JOBS = 20_000
CHUNKS = [1, 10, 100, 1000]
RUNS = 5


def square(number):
    return number * number  # your work


def best_time(do_jobs):
    """The microseconds that each of the jobs takes."""
    best = float("inf")
    for _ in range(RUNS):
        start = time.perf_counter()
        do_jobs()
        best = min(best, (time.perf_counter() - start) * 1e6 / JOBS)
    return best


def compare(pool, workers):
    print(f"{JOBS} squares, in a loop and in a pool. Workers: {workers}")
    print(" chunk        a job")
    in_loop = best_time(lambda: [square(number) for number in range(JOBS)])
    print(f"  loop {in_loop:9.3f} µs", flush=True)

    in_pool = []
    for chunk in CHUNKS:
        cost = best_time(lambda: pool.map(square, range(JOBS), chunksize=chunk))
        ratio = cost / in_loop
        print(f"{chunk:6} {cost:9.3f} µs {ratio:9.1f} × the loop", flush=True)
        in_pool.append(cost)

    alone, in_chunks = in_pool[0], in_pool[-1]
    if workers > 1 and in_loop < in_chunks < alone:
        # While n workers do n jobs, a loop does one, so n - 1 jobs pay for it all.
        share = workers / (workers - 1)
        alone, in_chunks = share * alone, share * in_chunks
        print(
            f"A pool pays if a job takes {alone:.1f} µs, "
            f"or {in_chunks:.2f} µs in chunks."
        )
    else:
        print("No conclusion: this machine is busy, or the jobs are not small.")


if __name__ == "__main__":
    workers = multiprocessing.cpu_count()
    with multiprocessing.Pool(workers) as pool:
        print(f"Squares: {pool.map(square, range(10))}")
        compare(pool, workers)
