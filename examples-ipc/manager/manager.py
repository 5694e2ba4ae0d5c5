"""The same program in Python: a Manager's dict and list, and a class of our own."""

import multiprocessing
import threading
import time
from multiprocessing.managers import SyncManager

CLIENTS = 8
CALLS = 100  # by each client
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
        return self.counts.get(key, 0)


class Manager(SyncManager):
    pass


Manager.register("Counts", Counts)


def client(name, numbers, counts, finished, all_ready):
    add_in_two_calls(numbers, all_ready)
    add_in_one_call(counts)
    finished.append(name)


def add_in_two_calls(numbers, all_ready):
    number = numbers["get, then set"]
    time.sleep(WORK)
    all_ready.wait()  # until every client has got the number
    numbers["get, then set"] = number + 1


def add_in_one_call(counts):
    for _ in range(CALLS):
        counts.add("add", 1)


if __name__ == "__main__":
    with Manager() as manager:
        numbers = manager.dict({"get, then set": 0})
        counts = manager.Counts()
        finished = manager.list()
        all_ready = multiprocessing.Barrier(CLIENTS)
        clients = []
        for number in range(1, CLIENTS + 1):
            name = f"client-{number}"
            arguments = [name, numbers, counts, finished, all_ready]
            clients.append(multiprocessing.Process(target=client, args=arguments))
        for process in clients:
            process.start()
        for process in clients:
            process.join()

        print(f"get, then set: {numbers['get, then set']} of {CLIENTS}")
        print(f"add: {counts.get('add')} of {CLIENTS * CALLS}")
        print("Finished:", ", ".join(sorted(finished)))
