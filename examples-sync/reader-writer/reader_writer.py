"""The same in Python, which has no such lock: here is a small one."""

import threading
import time

WORK_TIME = 0.02  # seconds


class ReaderWriterLock:
    """As in Rust, a reader also waits for a writer that is still waiting."""

    def __init__(self):
        self.changed = threading.Condition()
        self.readers = 0
        self.writing = False
        self.waiting_writers = 0

    def acquire_read(self):
        with self.changed:
            self.changed.wait_for(self.is_open_to_readers)
            self.readers += 1

    def release_read(self):
        with self.changed:
            self.readers -= 1
            self.changed.notify_all()

    def acquire_write(self):
        with self.changed:
            self.waiting_writers += 1
            self.changed.wait_for(lambda: not self.writing and self.readers == 0)
            self.waiting_writers -= 1
            self.writing = True

    def release_write(self):
        with self.changed:
            self.writing = False
            self.changed.notify_all()

    def is_open_to_readers(self):
        return not self.writing and self.waiting_writers == 0


class PriceList:
    def __init__(self, prices):
        self.prices = prices
        self.lock = ReaderWriterLock()

    def price(self, item):
        self.lock.acquire_read()
        try:
            return self.prices[item]
        finally:
            self.lock.release_read()

    def total(self, pause):
        self.lock.acquire_read()
        try:
            pause()
            return sum(self.prices)
        finally:
            self.lock.release_read()

    def total_with_second_read(self, pause):
        self.lock.acquire_read()
        try:
            pause()
            return sum(self.price(item) for item in range(len(self.prices)))
        finally:
            self.lock.release_read()

    def raise_prices(self, amount, pause):
        self.lock.acquire_write()
        try:
            self.prices = [price + amount for price in self.prices]
            pause()
        finally:
            self.lock.release_write()


def two_readers_and_a_writer():
    prices = PriceList([5, 7])
    both_read = threading.Barrier(3)  # the two readers, and the writer

    def read():
        both_read.wait()
        time.sleep(WORK_TIME)  # your work

    def write():
        is_open = prices.lock.is_open_to_readers()
        print(f"A writer writes. Does a reader get in? {is_open}")

    readers = [
        threading.Thread(target=prices.total, args=[read]) for _ in range(2)
    ]
    for reader in readers:
        reader.start()
    both_read.wait()
    print("Two readers read at the same time.")
    prices.raise_prices(1, write)
    for reader in readers:
        reader.join()


def total_while_a_writer_waits(total, patience):
    prices = PriceList([5, 7])
    writer_waits = threading.Event()
    done = threading.Event()
    totals = []

    def let_a_writer_wait():
        args = [1, lambda: None]
        # Python would wait at the end for threads that are not daemons.
        threading.Thread(
            target=prices.raise_prices, args=args, daemon=True
        ).start()
        while prices.lock.is_open_to_readers():
            time.sleep(0)
        writer_waits.set()

    def read():
        totals.append(total(prices, let_a_writer_wait))
        done.set()

    threading.Thread(target=read, daemon=True).start()
    writer_waits.wait()
    return totals[0] if done.wait(patience) else "never, a deadlock"


if __name__ == "__main__":
    two_readers_and_a_writer()
    total = total_while_a_writer_waits(PriceList.total, None)
    print(f"Total with one read: {total}")
    total = total_while_a_writer_waits(
        PriceList.total_with_second_read, WORK_TIME
    )
    print(f"Total with a second read: {total}")
