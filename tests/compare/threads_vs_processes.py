"""threads-vs-processes: its rows in Rust and in Python, side by side.

Run it:    python3 tests/compare/threads_vs_processes.py [--svg FOLDER]
           python3 tests/compare/threads_vs_processes.py --update

`--svg` also draws the two pictures of the chapter, which needs matplotlib.
`--update` measures on a quiet machine what the example's folder shows: results.txt,
results-python.txt, the pictures, and the figures in the chapter.
"""

import argparse
import json
import platform
import subprocess
import sys
from pathlib import Path

from built import ROOT, built

NAME = "threads-vs-processes"
FOLDER = ROOT / "examples-processes" / NAME
TWIN = ["python3", FOLDER / "threads_vs_processes.py"]
SECONDS = "2"  # for each row in Python, as in a release build
SIDES = {"threads": "#4477aa", "processes": "#cc3311"}
INSTALL = """matplotlib is missing. Install it, for example like this:
    python3 -m venv plots
    plots/bin/pip install matplotlib
    plots/bin/python tests/compare/threads_vs_processes.py ..."""


def output(*command):
    """What a command prints. Its errors are shown as they come."""
    run = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    return run.stdout.decode()


def measure(program):
    """The version of Python, and pairs of rows: Rust's and Python's."""
    rust = json.loads(output(program, "--json"))["rows"]
    python = json.loads(output(*TWIN, "--json", SECONDS))
    assert len(rust) == len(python["rows"]), "they have other rows"
    return python["version"], list(zip(rust, python["rows"]))


def figure(value, unit):
    """A value with its unit, such as "27.5 µs"."""
    if unit == "results":
        return f"{value:.0f} of 8"
    units, step = ["ns", "µs", "ms", "s"], 1000
    if unit == "bytes":
        units, step = ["bytes", "KiB", "MiB", "GiB"], 1024
    else:
        value *= 1e9
    while value >= 999.5 and len(units) > 1:
        value /= step
        units = units[1:]
    digits = 0 if value >= 99.95 else 1 if value >= 9.995 else 2
    return f"{value:.{digits}f} {units[0]}"


def table(version, rows):
    system = f"{platform.system()} {platform.machine()}"
    columns = f"{'Rust':>12}{'Python':>10}{'ratio':>7}"
    lines = [
        f"{system}, Rust (release build) and {version}",
        "",
        f"{'':46}{'threads':>29}{'processes':>29}",
        f"{'':46}{columns}{columns}",
    ]
    for rust, python in rows:
        line = f"{rust['name']:<46}"
        for side in SIDES:
            ours, theirs = rust[side]["median"], python[side]["median"]
            line += f"{figure(ours, rust['unit']):>12}"
            line += f"{figure(theirs, rust['unit']):>10}{theirs / ours:>7.1f}"
        lines.append(line)
    return "\n".join(lines) + "\n"


def load_matplotlib():
    """Set up so that the text in a picture stays text."""
    try:
        import matplotlib
    except ModuleNotFoundError:
        sys.exit(INSTALL)
    matplotlib.use("svg")
    import matplotlib.pyplot

    matplotlib.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": NAME})
    return matplotlib.pyplot


def draw(plot, rows, folder):
    folder.mkdir(parents=True, exist_ok=True)
    draw_costs(plot, [pair for pair in rows if pair[0]["unit"] == "seconds"])
    plot.savefig(folder / "costs.svg", metadata={"Date": None})
    draw_speed_up(plot, [pair for pair in rows if pair[0]["workers"]])
    plot.savefig(folder / "speed-up.svg", metadata={"Date": None})


def draw_costs(plot, rows):
    """A line for each row: filled marks for Rust, hollow ones for Python."""
    picture, axes = plot.subplots(figsize=(10, 5.5), layout="constrained")
    marks = dict(zip(SIDES, "os"))
    for number, language in enumerate(["Rust", "Python"]):
        for side, color in SIDES.items():
            axes.scatter(
                [pair[number][side]["median"] for pair in rows],
                [place + (side == "processes") * 0.3 for place in range(len(rows))],
                marker=marks[side],
                color=color,
                facecolor=color if language == "Rust" else "white",
                label=f"{side} in {language}",
                zorder=3,
            )
    axes.set_xscale("log")
    ticks = ["1 ns", "10 ns", "100 ns", "1 µs", "10 µs", "100 µs", "1 ms", "10 ms"]
    axes.set_xticks([10.0 ** (power - 9) for power in range(8)], ticks)
    axes.set_yticks(
        [place + 0.15 for place in range(len(rows))],
        [rust["name"] for rust, _ in rows],
    )
    axes.invert_yaxis()
    axes.grid(color="#d1d9e0")
    picture.legend(loc="outside upper center", ncols=4, frameon=False)


def draw_speed_up(plot, rows):
    _, axes = plot.subplots(figsize=(6, 4), layout="constrained")
    workers = [rust["workers"] for rust, _ in rows]
    axes.plot(workers, workers, "--", color="#59636e", label="ideal")
    for number, language in enumerate(["Rust", "Python"]):
        for side, color in SIDES.items():
            seconds = [pair[number][side]["median"] for pair in rows]
            axes.plot(
                workers,
                [seconds[0] / each for each in seconds],
                "o-" if language == "Rust" else "o:",
                color=color,
                markerfacecolor=color if language == "Rust" else "white",
                label=f"{side} in {language}",
            )
    axes.set_xticks(workers)
    axes.set_ylim(bottom=0)
    axes.set_xlabel("workers")
    axes.set_ylabel("times as fast as one worker")
    axes.grid(color="#d1d9e0")
    axes.legend(frameon=False)


def update(plot, program):
    results = output(program)
    pythons_results = output(*TWIN)
    version, rows = measure(program)
    (FOLDER / "results.txt").write_text(results)
    (FOLDER / "results-python.txt").write_text(table(version, rows))
    draw(plot, rows, FOLDER)

    chapter = FOLDER / "README.md"
    before, fence, middle = split_at_fence(chapter.read_text(), "```text\n")
    middle, _, behind = split_at_fence(middle, "threads_vs_processes.py\n")
    fence = fresh_fence(fence, results)
    chapter.write_text(before + fence + middle + pythons_results + behind)
    if "No conclusion" in results:
        print("The machine was busy. Do it again when it is not.", file=sys.stderr)


def split_at_fence(text, head):
    """What comes before, in and behind the first fence with this head."""
    before, rest = text.split(head, 1)
    fence, behind = rest.split("```", 1)
    return before + head, fence, "```" + behind


def fresh_fence(fence, results):
    """The same rows, with the figures and the conclusions of the new results."""
    old, new = fence.splitlines(), results.splitlines()
    lines = [new[0]]
    for line in old[1:]:
        name = line[:46].rstrip()
        places = [
            place for place, row in enumerate(new) if row[:46].rstrip() == name
        ]
        if line[:1].isalpha() and places:
            lines += new[places[0] : places[0] + 2]
        elif line[:4] != "    " or line[:5] == "     ":
            lines.append(line)  # the heading, or lines that are skipped
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--svg", type=Path, metavar="FOLDER")
    parser.add_argument("--update", action="store_true")
    options = parser.parse_args()
    plot = load_matplotlib() if options.svg or options.update else None

    program = built(NAME)
    if options.update:
        update(plot, program)
    else:
        version, rows = measure(program)
        print(table(version, rows), end="")
        if options.svg:
            draw(plot, rows, options.svg)
