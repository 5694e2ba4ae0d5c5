"""The same rows in Python: threading and multiprocessing, measured on this machine.

With `--steps SECONDS` it is asked for one step after the other, on its standard
input: so the Rust program asks it.
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

BUDGET = 0.1  # seconds for each side of a row
BATCHES = 45  # share a budget
FEWEST = 3  # rounds

CHUNK = 1_000
FIRST, NUMBERS, SHARES = 100_000_000, 9_600, 480
WAIT, WAITS, WAITERS = 0.005, 64, 16
TASKS = 8


# How something is timed.


def in_turn(budget, *works):
    """Times all of them in turn. Returns the seconds for one operation of each."""
    sizes = [batch_size(budget / BATCHES, work) for work in works]
    begin = time.perf_counter()
    samples = [[] for _ in works]
    while True:
        for work, size, times in zip(works, sizes, samples):
            times.append(seconds(work, size) / size)
        spent = (time.perf_counter() - begin) / len(works)
        if spent > budget * (1 if len(samples[0]) >= FEWEST else 3):
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


# The rows: each step returns a pair for each of its rows.


def nothing():
    pass


def start(budget, points):
    def start_and_join(kind, times):
        for _ in range(times):
            worker = kind(target=nothing)
            worker.start()
            worker.join()

    kinds = threading.Thread, multiprocessing.Process
    return [in_turn(budget, *(partial(start_and_join, kind) for kind in kinds))]


def memory(budget, points, groups=12, threads=32, processes=4):
    if not os.path.exists("/proc/self/smaps_rollup"):
        return [(None, None)]
    end = threading.Event()
    totals, workers = [], []
    for _ in range(groups + 1):
        totals.append(resident([os.getpid()]))
        workers += [threading.Thread(target=end.wait) for _ in range(threads)]
        for worker in workers[-threads:]:
            worker.start()
    end.set()
    for worker in workers:
        worker.join()
    of_threads = growth(totals, threads)

    totals, workers = [], []
    for _ in range(groups + 1):
        totals.append(resident([os.getpid()] + [child.pid for _, child in workers]))
        for _ in range(processes):
            connection, other = multiprocessing.Pipe()
            target = partial(serve, idle, other, ())
            workers.append((connection, multiprocessing.Process(target=target)))
            workers[-1][1].start()
            connection.recv()  # it is there
    for connection, child in workers:
        connection.send(None)
        child.join()
    return [(of_threads, growth(totals, processes))]


def idle(connection):
    connection.send(None)
    connection.recv()


def growth(totals, group, first=4):
    """The first groups also take what all of them share."""
    pairs = zip(totals[first:], totals[first + 1 :])
    return [(after - before) / group for before, after in pairs]


def resident(pids):
    """The pages that each process alone has written to, in bytes."""
    total = 0
    for pid in pids:
        with open(f"/proc/{pid}/smaps_rollup") as file:
            line = next(line for line in file if line.startswith("Private_Dirty"))
        total += 1024 * int(line.split()[1])
    return total


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
    return [pair]


@on_one_core()
def messages(budget, points):
    return [hand_over(budget, bytes(size)) for size in (8, 64 << 10, 1 << 20)]


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

        def add():
            nonlocal number
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
        return [in_turn(budget, in_threads, in_processes)]


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
        return [in_turn(budget, *(partial(one_by_one, pool) for pool in both))]


def chunks(budget, points):
    def all_at_once(pool, times):
        assert sum(pool.map(double, range(times), CHUNK)) == times * (times - 1)

    with pools(points[-1]) as both:
        return [in_turn(budget, *(partial(all_at_once, pool) for pool in both))]


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
        samples = in_turn(budget * 8 / len(works), *works)
    assert len(primes) == 1
    samples = [[time / NUMBERS for time in side] for side in samples]
    return list(zip(samples[::2], samples[1::2]))


def wait(budget, points):
    def wait_all(pool, times):
        for _ in range(times):
            pool.map(time.sleep, [WAIT] * WAITS, 1)

    with pools(WAITERS) as both:
        return [in_turn(budget, *(partial(wait_all, pool) for pool in both))]


def crash(budget, points):
    return [
        ([float(lost_in_threads(fail))], [float(lost_in_processes(fail))])
        for fail in (raise_error, abort)
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

ROWS = [
    "start a worker and wait for its end",
    "one more idle worker",
    "switch to another and back, by a socket pair",
    "hand over 8 bytes",
    "hand over 64 KiB",
    "hand over 1 MiB",
    "change a number under a lock, two at work",
    "a tiny task through a pool, one by one",
    "a tiny task through a pool, in chunks of 1000",
    "compute, a number, 1 worker",
    "compute, a number, a worker for each core",
    "wait 64 times 5 ms, 16 workers",
    "results lost when one of 8 tasks raises",
    "results lost when one of 8 tasks aborts",
]


def figure(name, value):
    if value is None:
        return "-"
    if name.startswith("results"):
        return f"{value:.0f} of {TASKS}"
    if name == "one more idle worker":
        return f"{value / 1024:.1f} KiB"
    for unit, size in [("ms", 1e-3), ("µs", 1e-6)]:
        if value >= size:
            return f"{value / size:.1f} {unit}"
    return f"{value * 1e9:.1f} ns"


def answer_steps(budget):
    """Measures what it is asked for, until its input or its parent ends."""
    parent = os.getppid()

    def watch():
        while os.getppid() == parent:
            time.sleep(0.1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
    print(about(), flush=True)
    for line in sys.stdin:
        name, *points = line.split()
        pairs = globals()[name](budget, [int(point) for point in points])
        print(json.dumps(pairs), flush=True)


def about():
    method = multiprocessing.get_start_method()
    return f"Python {platform.python_version()} (start method: {method})"


if __name__ == "__main__":
    if sys.argv[1:2] == ["--steps"]:
        answer_steps(float(sys.argv[2]))
        sys.exit()
    print(f"{about()}, {os.cpu_count()} cores")
    names = iter(ROWS)
    print(f"{'':46}{'threads':>15}{'processes':>15}{'ratio':>9}")
    for step in STEPS:
        for pair in step(BUDGET, [1, max(2, os.cpu_count())]):
            name = next(names)
            medians = [side and statistics.median(side) for side in pair]
            threads, processes = (figure(name, value) for value in medians)
            ratio = medians[1] / medians[0] if medians[0] else 0
            print(
                f"{name:<46}{threads:>15}{processes:>15}{ratio:>9.1f}", flush=True
            )
