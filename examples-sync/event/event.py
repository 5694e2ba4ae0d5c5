"""The same program in Python: threading.Event, and a Condition without a flag."""

import threading
import time

WORK_TIME = 0.05  # seconds
LIMIT = 0.1  # seconds


def work(worker, loaded):
    loaded.wait()
    # One write per line: print() would write the newline separately.
    print(f"[worker-{worker}] begins\n", end="", flush=True)
    time.sleep(WORK_TIME)


def report(what, in_time):
    result = "lets through" if in_time else "keeps out"
    print(f"{what} {result} a thread that comes late")


if __name__ == "__main__":
    loaded = threading.Event()
    workers = [
        threading.Thread(target=work, args=[worker, loaded])
        for worker in range(1, 4)
    ]
    for worker in workers:
        worker.start()
    time.sleep(WORK_TIME)  # main loads what the workers need
    print("[main] has loaded the data\n", end="", flush=True)
    loaded.set()
    for worker in workers:
        worker.join()

    # From here on, threads come too late to be woken.
    report("An event that is set", loaded.wait(LIMIT))
    loaded.clear()
    report("An event that is cleared", loaded.wait(LIMIT))

    bare = threading.Condition()
    with bare:
        bare.notify_all()
    with bare:
        report("A notification without a flag", bare.wait(LIMIT))
