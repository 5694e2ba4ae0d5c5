"""The same program in Python: a threading.Lock beside the variable, no atomic."""

import threading
import time

THREADS = 2
INCREMENTS = 100_000  # by each thread
MEASURING_TIME = 0.2  # seconds

shared_variable = 0
lock = threading.Lock()
time_is_up = threading.Event()


def increment():
    global shared_variable
    with lock:
        shared_variable += 1


def count():
    for _ in range(INCREMENTS):
        increment()


def increment_until_time_is_up():
    while not time_is_up.is_set():
        increment()


def start(work):
    threads = [threading.Thread(target=work) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    return threads


def measure():
    before = shared_variable
    begin = time.perf_counter_ns()
    threads = start(increment_until_time_is_up)
    time.sleep(MEASURING_TIME)
    time_is_up.set()
    for thread in threads:
        thread.join()
    each = (time.perf_counter_ns() - begin) // (shared_variable - before)
    print(f"Lock: {each} ns an increment")


if __name__ == "__main__":
    for thread in start(count):
        thread.join()
    print(f"Shared variable: {shared_variable}")
    measure()
