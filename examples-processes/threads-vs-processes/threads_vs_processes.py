"""The same rows in Python: threading and multiprocessing, measured on this machine.

With `--json [SECONDS]` it prints them as JSON, and measures each row for so long.
"""

import json
import math
import multiprocessing
import os
import platform
import statistics
import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from multiprocessing.pool import ThreadPool
from queue import SimpleQueue

BATCHES = 20  # of each side
MIN_BATCHES = 5

CHUNK = 1_000
FIRST, NUMBERS, SHARES = 100_000_000, 960, 48
WAIT, WAITS, WAITERS = 0.005, 64, 16
TASKS = 8


# How something is timed.


def in_turn(budget, *works):
    """Times all of them in turn. Returns the seconds for one operation of each."""
    batch = budget / BATCHES / len(works)
    sizes = [batch_size(batch, work) for work in works]
    begin = time.perf_counter()
    samples = [[] for _ in works]
    while time.perf_counter() - begin < budget or len(samples[0]) < MIN_BATCHES:
        for work, size, times in zip(works, sizes, samples):
            times.append(seconds(work, size) / size)
    return samples


def batch_size(batch, work):
    size = 1
    while min(seconds(work, size), seconds(work, size)) < batch:
        size *= 2
    return size


def seconds(work, times):
    start = time.perf_counter()
    work(times)
    return time.perf_counter() - start


@contextmanager
def on_one_core():
    """What is started inside stays on one core, where that can be had."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(cores)})
    yield
    os.sched_setaffinity(0, cores)


# What worker processes need: to end with their parent.


def end_with_parent():
    def watch():
        multiprocessing.parent_process().join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


@contextmanager
def process(target, *args):
    """A process that does something as often as it is told, until it is told 0."""
    connection, other = multiprocessing.Pipe()
    child = multiprocessing.Process(
        target=serve, args=(target, other, args), daemon=True
    )
    child.start()
    if hasattr(os, "sched_setaffinity"):  # a fork server may run elsewhere
        os.sched_setaffinity(child.pid, os.sched_getaffinity(0))
    yield connection
    connection.send(0)
    child.join()


def serve(target, connection, args):
    end_with_parent()
    target(connection, *args)


# What is measured. Each function returns rows: a name, and the samples of both
# sides.


def nothing():
    pass


def start(budget, points):
    def start_and_join(kind, times):
        for _ in range(times):
            worker = kind(target=nothing)
            worker.start()
            worker.join()

    kinds = threading.Thread, multiprocessing.Process
    pair = in_turn(budget, *(partial(start_and_join, kind) for kind in kinds))
    return [("start a worker and wait for its end", pair)]


def memory(budget, points, groups=12, group=16, processes=8):
    if not os.path.exists("/proc/self/smaps_rollup"):
        return []
    end, threads, of_threads = threading.Event(), [], []
    for _ in range(groups):
        before = private_memory(os.getpid())
        for _ in range(group):
            threads.append(threading.Thread(target=end.wait))
            threads[-1].start()
        of_threads.append((private_memory(os.getpid()) - before) / group)
    end.set()
    for thread in threads:
        thread.join()

    of_processes = []
    with ExitStack() as stack:
        for _ in range(processes):
            connection = stack.enter_context(process(report_memory))
            connection.send(1)
            of_processes.append(connection.recv())
    return [("one more idle worker", [of_threads, of_processes])]


def report_memory(connection):
    while connection.recv():
        connection.send(private_memory(os.getpid()))


def private_memory(pid):
    """The pages that only this process has written to, in bytes."""
    with open(f"/proc/{pid}/smaps_rollup") as file:
        line = next(line for line in file if line.startswith("Private_Dirty"))
    return 1024 * int(line.split()[1])


def echo(connection):
    while times := connection.recv():
        for _ in range(times):
            connection.send_bytes(connection.recv_bytes())


def ask(connection, times):
    connection.send(times)
    for _ in range(times):
        connection.send_bytes(b"8 bytes!")
        connection.recv_bytes()


@on_one_core()
def switch(budget, points):
    near, far = multiprocessing.Pipe()
    thread = threading.Thread(target=echo, args=[far], daemon=True)
    thread.start()
    with process(echo) as connection:
        pair = in_turn(budget, partial(ask, near), partial(ask, connection))
    near.send(0)
    thread.join()
    return [("switch to another and back, by a socket pair", pair)]


@on_one_core()
def messages(budget, points):
    sizes = {"8 bytes": 8, "64 KiB": 64 << 10, "1 MiB": 1 << 20}
    return [
        (f"hand over {words}", hand_over(budget, bytes(size)))
        for words, size in sizes.items()
    ]


def hand_over(budget, message):
    queue, answers = SimpleQueue(), SimpleQueue()

    def take_from_queue():
        while (item := queue.get()) != "end":
            if item is None:
                answers.put(None)

    def to_thread(times):
        for _ in range(times):
            queue.put(message)
        queue.put(None)
        answers.get()

    def to_process(connection, times):
        connection.send(times)
        for _ in range(times):
            connection.send_bytes(message)
        connection.recv()

    thread = threading.Thread(target=take_from_queue, daemon=True)
    thread.start()
    with process(receive) as connection:
        pair = in_turn(budget, to_thread, partial(to_process, connection))
    queue.put("end")
    thread.join()
    return pair


def receive(connection):
    while times := connection.recv():
        for _ in range(times):
            connection.recv_bytes()
        connection.send(times)


def state(budget, points):
    value = multiprocessing.Value("q", 0)

    def in_threads(times):
        lock, number = threading.Lock(), 0
        start = threading.Barrier(2)  # or one could be done before the other starts

        def add():
            nonlocal number
            start.wait()
            for _ in range(math.ceil(times / 2)):
                with lock:
                    number += 1

        workers = [threading.Thread(target=add) for _ in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        assert number == 2 * math.ceil(times / 2)

    def in_processes(times):
        before = value.value
        for connection in connections:
            connection.send(math.ceil(times / 2))
        for connection in connections:
            connection.recv()
        assert value.value - before == 2 * math.ceil(times / 2)

    with process(add_to, value) as a, process(add_to, value) as b:
        connections = [a, b]
        pair = in_turn(budget, in_threads, in_processes)
    return [("change a number under a lock, two at work", pair)]


def add_to(connection, value):
    while times := connection.recv():
        for _ in range(times):
            with value.get_lock():
                value.value += 1
        connection.send(times)


@contextmanager
def pools(workers):
    with ThreadPool(workers) as threads:
        with multiprocessing.Pool(workers, end_with_parent) as processes:
            yield threads, processes


def double(number):
    return 2 * number


def task(budget, points):
    def one_by_one(pool, times):
        for number in range(times):
            assert pool.apply(double, (number,)) == 2 * number

    with pools(points[-1]) as both:
        pair = in_turn(budget, *(partial(one_by_one, pool) for pool in both))
    return [("a tiny task through a pool, one by one", pair)]


def chunks(budget, points):
    def all_at_once(pool, times):
        assert sum(pool.map(double, range(times), CHUNK)) == times * (times - 1)

    with pools(points[-1]) as both:
        pair = in_turn(budget, *(partial(all_at_once, pool) for pool in both))
    return [("a tiny task through a pool, in chunks of 1000", pair)]


def count_primes(first):
    return sum(
        all(number % divisor for divisor in range(2, math.isqrt(number) + 1))
        for number in range(first, first + NUMBERS // SHARES)
    )


def compute(budget, points):
    shares = range(FIRST, FIRST + NUMBERS, NUMBERS // SHARES)
    primes = set()

    def count(pool, times):
        for _ in range(times):
            primes.add(sum(pool.map(count_primes, shares)))

    with ExitStack() as stack:
        both = [stack.enter_context(pools(workers)) for workers in points]
        works = [partial(count, pool) for pair in both for pool in pair]
        samples = in_turn(3 * budget, *works)
    assert len(primes) == 1
    samples = [[time / NUMBERS for time in side] for side in samples]
    rows = []
    for place, workers in enumerate(points):
        plural = "s" if workers > 1 else ""
        name = f"compute, a number, {workers} worker{plural}"
        rows.append((name, samples[2 * place : 2 * place + 2]))
    return rows


def wait(budget, points):
    def wait_all(pool, times):
        for _ in range(times):
            pool.map(time.sleep, [WAIT] * WAITS, 1)

    with pools(WAITERS) as both:
        pair = in_turn(budget, *(partial(wait_all, pool) for pool in both))
    return [("wait 64 times 5 ms, 16 workers", pair)]


def crash(budget, points):
    return [
        (
            f"results lost when one of {TASKS} tasks {verb}",
            [[lost_in_threads(fail)], [lost_in_processes(fail)]],
        )
        for verb, fail in [("raises", raise_error), ("aborts", abort)]
    ]


def raise_error():
    raise RuntimeError("on purpose")


def abort():
    no_core_file()
    os.abort()


def no_core_file():
    with suppress(ImportError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (1, 1))


def lost_in_threads(fail):
    """In a program of its own: it may be lost."""
    receiver, sender = multiprocessing.Pipe(duplex=False)
    args = fail, sender
    program = multiprocessing.Process(target=threads_that_survive, args=args)
    program.start()
    sender.close()
    try:
        done = receiver.recv()
    except EOFError:
        done = 0
    program.join()
    return TASKS - done


def threads_that_survive(fail, sender):
    end_with_parent()
    threading.excepthook = lambda _: None  # no tracebacks here
    end, done = threading.Event(), []

    def work():
        end.wait()
        done.append(True)

    others = [threading.Thread(target=work) for _ in range(TASKS - 1)]
    for other in others:
        other.start()
    guilty = threading.Thread(target=fail)
    guilty.start()
    guilty.join()
    end.set()
    for other in others:
        other.join()
    sender.send(len(done))


def lost_in_processes(fail):
    """The first is the one that crashes; the others are under way."""
    with ProcessPoolExecutor(2, initializer=end_with_parent) as pool:
        futures = [pool.submit(fail)]
        with suppress(Exception):  # the pool may be broken by now
            for _ in range(TASKS - 1):
                futures.append(pool.submit(time.sleep, 0.01))
        done = sum(future.exception() is None for future in futures)
    return TASKS - done


STEPS = [
    start,
    memory,
    switch,
    messages,
    state,
    task,
    chunks,
    compute,
    wait,
    crash,
]


def curve():
    """1, 2, 4 and so on, up to the number of cores."""
    most = max(2, len(cores()))
    points = [2**power for power in range(16)]
    return [point for point in points if point < most] + [most]


def cores():
    if hasattr(os, "sched_getaffinity"):
        return os.sched_getaffinity(0)
    return range(os.cpu_count())


def unit(name):
    if name.startswith("results"):
        return "results"
    return "bytes" if name == "one more idle worker" else "seconds"


def figure(name, value):
    if unit(name) == "results":
        return f"{value:.0f} of {TASKS}"
    if unit(name) == "bytes":
        return f"{value / 1024:.1f} KiB"
    for name, size in [("ms", 1e-3), ("µs", 1e-6)]:
        if value >= size:
            return f"{value / size:.1f} {name}"
    return f"{value * 1e9:.1f} ns"


def about():
    method = multiprocessing.get_start_method()
    return f"Python {platform.python_version()} (start method: {method})"


def print_table():
    points = curve()
    print(f"{about()}, {len(cores())} cores")
    print(f"{'':46}{'threads':>15}{'processes':>15}{'ratio':>9}")
    for step in STEPS:
        # Of a curve, the table shows both ends.
        for name, pair in step(0.2, [points[0], points[-1]]):
            medians = [statistics.median(side) for side in pair]
            threads, processes = (figure(name, value) for value in medians)
            ratio = medians[1] / medians[0]
            print(
                f"{name:<46}{threads:>15}{processes:>15}{ratio:>9.1f}", flush=True
            )


def print_json(budget):
    rows = []
    for step in STEPS:
        for name, pair in step(budget, curve()):
            row = {"name": name, "unit": unit(name)}
            for side, samples in zip(["threads", "processes"], pair):
                row[side] = {"median": statistics.median(samples)}
            rows.append(row)
    print(json.dumps({"version": about(), "rows": rows}))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--json"]:
        print_json(float(sys.argv[2]) if len(sys.argv) > 2 else 0.1)
    else:
        print_table()
