"""The same program in Python: the update is lost between reading and writing."""

import threading
import time

THREADS = 2
WORK_TIME = 0.1  # seconds


class Counter:
    def __init__(self):
        self.value = 0
        self.lock = threading.Lock()

    def add_in_two_steps(self, pause):
        with self.lock:
            seen = self.value
        pause()
        with self.lock:
            self.value = seen + 1
        return seen + 1

    def add_in_one_step(self, pause):
        with self.lock:
            seen = self.value
            pause()
            self.value = seen + 1
        return seen + 1


def work():
    time.sleep(WORK_TIME)


def report(name, add):
    counter = Counter()
    written = []
    threads = [
        threading.Thread(target=lambda: written.append(add(counter)))
        for _ in range(THREADS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lost = THREADS - counter.value
    print(f"{name}: the threads wrote {sorted(written)}")
    print(f"Shared variable: {counter.value}, updates lost: {lost}")


if __name__ == "__main__":
    # The barrier forces the bug: no thread writes before both have read.
    both_have_read = threading.Barrier(THREADS)

    def work_and_wait():
        work()
        both_have_read.wait()

    report("broken", lambda counter: counter.add_in_two_steps(work_and_wait))
    report("fixed", lambda counter: counter.add_in_one_step(work))
