"""manager against Python's: calls of one client, and of eight at the same time.

One client is also measured on one core, where Linux can be told so: on two, each
call has to wake up a core that sleeps, and in a virtual machine that may take
longer than the call.

Run it:    python3 tests/compare/manager.py [--rounds 5]
"""

import argparse
import importlib.util
import multiprocessing
import os
import statistics
import subprocess
import sys
import time

from built import ROOT, built

CALLS = 10_000  # by each client


def clients_of_python(number):
    """Calls the manager of the Python twin. Each client prints its seconds."""
    file = ROOT / "examples-ipc" / "manager" / "manager.py"
    spec = importlib.util.spec_from_file_location("twin", file)
    twin = importlib.util.module_from_spec(spec)
    sys.modules["twin"] = twin
    spec.loader.exec_module(twin)

    def client(counts):
        start = time.perf_counter()
        for _ in range(CALLS):
            counts.add("add", 1)
        print(f"{time.perf_counter() - start}\n", end="", flush=True)

    fork = multiprocessing.get_context("fork")
    with twin.Manager(ctx=fork) as manager:
        counts = manager.Counts()
        clients = [
            fork.Process(target=client, args=[counts]) for _ in range(number)
        ]
        for process in clients:
            process.start()
        for process in clients:
            process.join()
        assert counts.get("add") == number * CALLS


def microseconds(command, clients, cores):
    """How often a call is completed, while all clients call."""
    run = subprocess.run(
        [*command, str(clients), str(CALLS)],
        check=True,
        capture_output=True,
        text=True,
        preexec_fn=lambda: cores and os.sched_setaffinity(0, cores),
    )
    seconds = [float(line) for line in run.stdout.split()]
    assert len(seconds) == clients
    return max(seconds) / CALLS / clients * 1e6


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--python", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.python:
        clients_of_python(int(arguments.python[0]))
        sys.exit()

    rust = [built("compare", "compare-manager")]
    python = [sys.executable, __file__, "--python"]

    cases = [(1, None), (8, None)]
    if hasattr(os, "sched_setaffinity"):
        cases.insert(0, (1, {min(os.sched_getaffinity(0))}))
    for clients, cores in cases:
        where = "one core" if cores else "all cores"
        calls = []
        for number in range(1, arguments.rounds + 1):
            ours, theirs = (microseconds(c, clients, cores) for c in (rust, python))
            print(f"round {number}: a call {ours:.1f} µs, Python {theirs:.1f} µs")
            calls.append((ours, theirs, ours / theirs))
        ours, theirs, ratio = map(statistics.median, zip(*calls))
        print(f"{where}, clients: {clients}, a call {ours:.1f} µs, ", end="")
        print(f"Python {theirs:.1f} µs, Rust / Python: {ratio:.2f}")
