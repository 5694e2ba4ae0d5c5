"""manager against Python's: calls of one client, and of eight at the same time.

One client is also measured on one core, where Linux can be told so: on two, each
call has to wake up a core that sleeps, and in a virtual machine that may take
longer than the call.

Run it:    python3 tests/compare/manager.py [--rounds 5]
"""

import argparse
import os
import re
import statistics
import subprocess
import sys

from built import ROOT, built

EXAMPLE = ROOT / "examples-ipc" / "manager"
COST = re.compile(r"one every ([\d.]+) µs")


def microseconds(command, clients, cores):
    """The cost of a call, as the program itself has measured it."""
    run = subprocess.run(
        [*command, str(clients)],
        check=True,
        capture_output=True,
        text=True,
        preexec_fn=lambda: cores and os.sched_setaffinity(0, cores),
    )
    return float(COST.search(run.stdout)[1])


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds

    rust = [built("manager")]
    python = [sys.executable, EXAMPLE / "manager.py"]

    cases = [(1, None), (8, None)]
    if hasattr(os, "sched_setaffinity"):
        cases.insert(0, (1, {min(os.sched_getaffinity(0))}))
    for clients, cores in cases:
        where = "one core" if cores else "all cores"
        calls = []
        for number in range(1, rounds + 1):
            pair = [microseconds(c, clients, cores) for c in (rust, python)]
            print(f"round {number}: a call {pair[0]} µs, Python {pair[1]} µs")
            calls.append((*pair, pair[0] / pair[1]))
        ours, theirs, ratio = map(statistics.median, zip(*calls))
        print(f"{where}, clients: {clients}, a call {ours:.1f} µs, ", end="")
        print(f"Python {theirs:.1f} µs, Rust / Python: {ratio:.2f}")
