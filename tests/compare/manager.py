"""manager against Python's: calls of one client, and of eight at the same time.

Run it:    python3 tests/compare/manager.py [--rounds 5]
"""

import argparse
import os
import re
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples-ipc" / "manager"
COST = re.compile(r"one every ([\d.]+) µs")


def microseconds(command, clients):
    """The cost of a call, as the program itself has measured it."""
    run = subprocess.run(
        [*command, str(clients)], check=True, capture_output=True, text=True
    )
    return float(COST.search(run.stdout)[1])


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds

    build = ["cargo", "build", "--quiet", "--release", "--package", "manager"]
    subprocess.run(build, check=True, cwd=ROOT)
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    rust = [target / "release" / "manager"]
    python = [sys.executable, EXAMPLE / "manager.py"]

    for clients in (1, 8):
        ratios = []
        for number in range(1, rounds + 1):
            ours, theirs = (microseconds(c, clients) for c in (rust, python))
            print(f"round {number}: a call {ours} µs, Python {theirs} µs")
            ratios.append(ours / theirs)
        ratio = statistics.median(ratios)
        print(f"clients: {clients}, time of a call, Rust / Python: {ratio:.2f}")
