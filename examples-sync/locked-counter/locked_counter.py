"""The same program in Python: a threading.Lock beside the variable, no atomic."""

import threading
import time

THREADS = 2
INCREMENTS = 100_000  # a thread

shared_variable = 0
lock = threading.Lock()


def increment():
    global shared_variable
    for _ in range(INCREMENTS):
        with lock:
            shared_variable += 1


if __name__ == "__main__":
    start = time.perf_counter()
    threads = [threading.Thread(target=increment) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - start

    print(f"Shared variable: {shared_variable}")
    each = seconds / (THREADS * INCREMENTS) * 1e9
    print(f"Lock: {seconds * 1000:.1f} ms, {each:.0f} ns an increment")
