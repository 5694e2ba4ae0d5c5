"""The same program in Python: a Manager's dict and list, and a class of our own."""

import multiprocessing
import sys
import threading
import time
from multiprocessing.managers import SyncManager

CLIENTS = 8
CALLS = 10_000  # by each client
WORK = 0.1  # seconds


class Counts:
    """A manager's dict has no call for `+=`, so this class has one."""

    def __init__(self):
        self.counts = {}
        self.lock = threading.Lock()  # the manager has a thread for each client

    def add(self, key, amount):
        with self.lock:
            self.counts[key] = self.counts.get(key, 0) + amount
            return self.counts[key]

    def get(self, key):
        return self.counts.get(key)


class Manager(SyncManager):
    pass


Manager.register("Counts", Counts)


def count(name, barrier, votes, counts, finished):
    value = votes["get, then set"]
    time.sleep(WORK)
    barrier.wait()  # until all clients have come this far
    votes["get, then set"] = value + 1

    start = time.perf_counter()
    for _ in range(CALLS):
        counts.add("add", 1)
    finished.append((name, time.perf_counter() - start))


if __name__ == "__main__":
    number = int(sys.argv[1]) if len(sys.argv) > 1 else CLIENTS
    with Manager() as manager:
        votes = manager.dict({"get, then set": 0})
        counts = manager.Counts()
        finished = manager.list()
        barrier = multiprocessing.Barrier(number)
        clients = [
            multiprocessing.Process(
                target=count,
                args=[f"client-{n}", barrier, votes, counts, finished],
            )
            for n in range(1, number + 1)
        ]
        for client in clients:
            client.start()
        for client in clients:
            client.join()

        print(f"get, then set: {votes['get, then set']} of {number}")
        print(f"add: {counts.get('add')} of {number * CALLS}")
        finished = sorted(list(finished))
        slowest = max(seconds for _, seconds in finished)
        print("Finished:", ", ".join(name for name, _ in finished))
        print(f"A call took its client {slowest / CALLS * 1e6:.1f} µs")
        every = slowest / CALLS / number * 1e6
        print(f"The manager completed one every {every:.1f} µs")
