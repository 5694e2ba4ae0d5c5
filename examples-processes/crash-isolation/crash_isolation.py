"""The same question in Python, with the crashes that Python has."""

import ctypes
import multiprocessing
import os
import resource
import sys
from concurrent.futures import ThreadPoolExecutor


def exception():
    raise RuntimeError("no answer from the bank")


def endless_recursion():
    endless_recursion()


def abort():
    os.abort()


def fault_in_C_code():
    ctypes.string_at(0)  # reads the memory at address 0


def in_a_thread(crash, sender):
    prepare()
    with ThreadPoolExecutor() as pool:
        error = pool.submit(crash).exception()
        sender.send(f"Future.exception() returned {error!r}")


def in_a_process(crash, sender):
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
    lines = list(receive_all(receiver))
    process.join()

    continues = process.exitcode == 0 or place == in_a_process
    title = f"{crash.__name__} {place.__name__}".replace("_", " ")
    print(f"{title}: the program {'continues' if continues else 'is lost'}")
    for line in lines:
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
    for crash in [exception, endless_recursion, abort, fault_in_C_code]:
        report(crash, in_a_thread)
        report(crash, in_a_process)
