"""threads-vs-processes against itself: how far two runs are apart, row by row, and
what twice the work takes.

Run it:    python3 tests/compare/threads_vs_processes.py [--runs 2]
"""

import argparse
import json
import statistics
import subprocess
import tempfile
from pathlib import Path

from built import built

NAME = "threads-vs-processes"


def measure(program):
    """The rows of one run."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "run.json"
        subprocess.run([program, "--json", file], check=True, capture_output=True)
        return json.loads(file.read_text())["rows"]


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=2)
    runs = parser.parse_args().runs

    program = built(NAME)
    rows = zip(*(measure(program) for _ in range(runs)))

    print(f"{'':50}{'apart':>8}{'twice the work':>16}")
    apart = {}
    for same in rows:
        for side in ("threads", "processes"):
            name = f"{same[0]['name']}: {side}"
            sides = [row[side] for row in same if row[side]]
            if not sides:
                continue
            medians = [statistics.median(each["samples"]) for each in sides]
            percent = 100 * (max(medians) / min(medians) - 1)
            twice = [
                f"{each['twice_the_work']:.2f}"
                for each in sides
                if each["twice_the_work"]
            ]
            mark = " ~" if same[0]["noisy"] else ""
            print(f"{name + mark:<54}{percent:>6.1f} %   {' '.join(twice)}")
            if not same[0]["noisy"]:
                apart[name] = percent
    worst = max(apart, key=apart.get)
    print(
        f"Of the rows not marked ~, the widest apart: {worst}: {apart[worst]:.0f} %"
    )
