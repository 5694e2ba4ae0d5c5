"""The same jobs on a local pool: a process for each, so a crash costs one result.

For several machines, Python programs use Celery or RQ with a server (RabbitMQ,
Redis), or nats-py with the same server as the Rust program.

Run it:    python3 examples-processes/job-queue/job_queue.py
"""

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from math import isqrt
from multiprocessing import Pipe, Process


def count_primes(below):
    return sum(
        all(n % d for d in range(2, isqrt(n) + 1)) for n in range(2, below)
    )


def panic():
    raise RuntimeError("on purpose")


JOBS = [
    ("CountPrimes", 40_000),
    ("CountPrimes", 80_000),
    ("Panic",),
    ("CountPrimes", 120_000),
    ("Abort",),
    ("CountPrimes", 160_000),
    ("CountPrimes", 200_000),
    ("CountPrimes", 240_000),
]
WORK = {"CountPrimes": count_primes, "Panic": panic, "Abort": os.abort}


def worker(answer, name, *arguments):
    try:
        answer.send(WORK[name](*arguments))
    except Exception as error:
        answer.send(f"panicked: {error}")


def do(job):
    receiver, sender = Pipe(duplex=False)
    process = Process(target=worker, args=(sender, *job))
    process.start()
    sender.close()  # else recv would wait forever when the process has ended
    try:
        return receiver.recv()
    except EOFError:
        process.join()
        number = -process.exitcode
        name = signal.Signals(number).name
        return f"its worker ended with signal: {number} ({name})"
    finally:
        process.join()


def main():
    print("On a pool of this machine:")
    # A ProcessPoolExecutor would lose all jobs to the one that aborts.
    with ThreadPoolExecutor(max_workers=2) as threads:
        for number, (job, answer) in enumerate(zip(JOBS, threads.map(do, JOBS)), 1):
            name = f"{job[0]}({job[1]})" if job[1:] else job[0]
            print(f"[job-{number}] {name}: {answer}")


if __name__ == "__main__":
    main()
