"""The same program in Python: two threading.Conditions that share a lock."""

import collections
import threading
import time


class BoundedBuffer:
    def __init__(self, capacity):
        self.items = collections.deque()
        self.capacity = capacity
        self.lock = threading.Lock()
        self.not_empty = threading.Condition(self.lock)
        self.not_full = threading.Condition(self.lock)

    def put(self, item):
        with self.lock:
            self.not_full.wait_for(lambda: len(self.items) < self.capacity)
            self.items.append(item)
            self.not_empty.notify()

    def take(self):
        with self.lock:
            while not self.items:
                self.not_empty.wait()
            item = self.items.popleft()
            self.not_full.notify()
            return item

    def take_with_two_locks(self, pause):
        """Broken: misses a notification that comes in the pause."""
        while self.is_empty():
            pause()
            with self.lock:
                self.not_empty.wait()
        return self.take()

    def is_empty(self):
        with self.lock:
            return not self.items


def main():
    buffer = BoundedBuffer(2)

    def produce():
        for item in range(1, 7):
            buffer.put(item)
            say(f"[producer] Produced: {item}")
        buffer.put(None)  # the end

    producer = threading.Thread(target=produce)
    producer.start()
    while (item := buffer.take()) is not None:
        time.sleep(0.02)  # your work
        say(f"[main] Consumed: {item}")
    producer.join()
    miss_a_notification()


def miss_a_notification():
    """Broken: main notifies when the consumer has looked, but does not wait yet."""
    buffer = BoundedBuffer(2)
    step = threading.Barrier(2)  # the consumer and main

    def pause():
        say("[consumer] No item is there, so I wait")
        step.wait()
        step.wait()

    # Python would wait at the end for a thread that is no daemon.
    consumer = threading.Thread(
        target=buffer.take_with_two_locks, args=[pause], daemon=True
    )
    consumer.start()
    step.wait()
    buffer.put(7)
    step.wait()
    consumer.join(timeout=0.1)  # far more than `take` needs
    assert consumer.is_alive()
    say(f"[main] Item {buffer.take()} is there, but the consumer still waits")


def say(line):
    # One write per line: print() would write the newline separately.
    print(line + "\n", end="", flush=True)


if __name__ == "__main__":
    main()
