"""The same program in Python: no memory orderings, so their part is missing."""

import functools
import threading
import time

once = None
once_is_set = threading.Event()
lazy_lock = threading.Lock()


class Published:
    def __init__(self):
        self.width = 0
        self.height = 0
        self.ready = False

    def publish_flag_first(self, size, pause):
        self.ready = True
        pause()
        self.width, self.height = size

    def get(self):
        return (self.width, self.height) if self.ready else None


def flag_first():
    published = Published()

    def read_it():
        size = published.get()
        print(f"Flag first: the flag is set, and the size is {size}")

    def pause():
        # Between the flag and the size, another thread reads.
        reader = threading.Thread(target=read_it)
        reader.start()
        reader.join()

    published.publish_flag_first((640, 480), pause)


def measure(name):
    say(f"[{name}] measures the size")
    time.sleep(0.02)  # your work
    return (640, 480)


@functools.cache
def measure_once():
    return measure("lazy")


def lazy():
    # functools.cache alone would let both threads measure.
    with lazy_lock:
        return measure_once()


def read(reader):
    once_is_set.wait()
    say(f"[reader-{reader}] {once}, {lazy()}")


def say(line):
    # One write per line: print() would write the newline separately.
    print(line + "\n", end="", flush=True)


if __name__ == "__main__":
    flag_first()

    readers = [threading.Thread(target=read, args=[n]) for n in (1, 2)]
    for reader in readers:
        reader.start()
    once = measure("main")
    once_is_set.set()
    for reader in readers:
        reader.join()
