"""shared-memory against Python's Value: what an increment costs four processes.

Run it:    python3 tests/compare/shared_memory.py [--rounds 5]
"""

import argparse
import re
import statistics
import subprocess
import sys

from built import ROOT, built

EXAMPLE = ROOT / "examples-ipc" / "shared-memory"
COST = re.compile(r"An increment (.*): (\d+) ns")


def nanoseconds(command):
    """What increments cost, as the program itself has measured it."""
    run = subprocess.run(command, check=True, capture_output=True, text=True)
    return {how: int(cost) for how, cost in COST.findall(run.stdout)}


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds

    rust = [built("shared-memory")]
    python = [sys.executable, EXAMPLE / "shared_memory.py"]

    ratios = {}
    for number in range(1, rounds + 1):
        ours, value = nanoseconds(rust), nanoseconds(python)["under the lock"]
        print(f"round {number}: {ours}, Python's Value: {value}")
        for how, cost in ours.items():
            ratios.setdefault(how, []).append(cost / value)
    for how, ratio in ratios.items():
        ratio = statistics.median(ratio)
        print(f"time, {how} / Python's Value under its lock: {ratio:.3f}")
