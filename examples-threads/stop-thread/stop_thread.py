"""The same program in Python: Event, a sentinel in the queue, and join(timeout)."""

import queue
import threading
import time

stop = threading.Event()
LIMIT = 0.4  # seconds


def compute():
    while not stop.is_set():
        pass  # stands for a step of your work


def wait(name, jobs):
    while (job := jobs.get()) is not None:
        # One write per line: print() would write the newline separately.
        print(f"[{name}] {job}\n", end="", flush=True)


if __name__ == "__main__":
    jobs, no_jobs = queue.Queue(), queue.Queue()
    workers = [
        # Python would wait at the end for threads that are not daemons.
        threading.Thread(name="computing", target=compute, daemon=True),
        threading.Thread(
            name="waiting", target=wait, args=["waiting", jobs], daemon=True
        ),
        threading.Thread(
            name="stuck", target=wait, args=["stuck", no_jobs], daemon=True
        ),
    ]
    for worker in workers:
        worker.start()
    jobs.put("job 1")
    time.sleep(0.05)  # main's own work

    stop.set()
    jobs.put(None)  # a queue does not notice that nobody will put anything
    for worker in workers:
        worker.join(LIMIT)  # says nothing about how it went
        if worker.is_alive():
            print(f"[main] {worker.name} still runs after {LIMIT * 1000:.0f}ms")
        else:
            print(f"[main] {worker.name} has stopped")
