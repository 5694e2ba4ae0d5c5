"""The same question in Python, with the crashes that Python has."""

import ctypes
import multiprocessing
import os
import resource
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

TOTAL = 100
accounts = [TOTAL, 0]
lock = threading.Lock()


def exception():
    raise RuntimeError("no answer from the bank")


def exception_under_lock():
    with lock:
        accounts[0] -= 30
        raise RuntimeError("no answer from the bank")


def endless_recursion():
    endless_recursion()


def abort():
    os.abort()


def fault_in_C_code():
    ctypes.string_at(0)  # reads the memory at address 0


def in_a_thread(crash, words):
    prepare()
    with ThreadPoolExecutor() as pool:
        words.send(
            f"Future.exception() returned {pool.submit(crash).exception()!r}"
        )
    with lock:
        if sum(accounts) != TOTAL:
            words.send(f"the lock is free: {sum(accounts)} of {TOTAL} left")


def in_a_process(crash, words):
    prepare()
    crash()


def prepare():
    sys.stderr = open(os.devnull, "w")  # no tracebacks here
    resource.setrlimit(resource.RLIMIT_CORE, (1, 1))  # no core files


def report(crash, place):
    receiver, sender = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.Process(target=place, args=[crash, sender])
    process.start()
    sender.close()
    words = list(receive_all(receiver))
    process.join()

    survives = process.exitcode == 0 or place == in_a_process
    title = f"{crash.__name__} {place.__name__}".replace("_", " ")
    print(f"{title}: the program {'goes on' if survives else 'is lost'}")
    for line in words:
        print(f"  {line}")
    if process.exitcode != 0:
        print(f"  exit code {process.exitcode}")


def receive_all(receiver):
    try:
        while True:
            yield receiver.recv()
    except EOFError:
        pass  # the other end is closed


if __name__ == "__main__":
    for crash in [
        exception,
        exception_under_lock,
        endless_recursion,
        abort,
        fault_in_C_code,
    ]:
        report(crash, in_a_thread)
        report(crash, in_a_process)
