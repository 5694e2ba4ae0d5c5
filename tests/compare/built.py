"""Builds a program of this workspace, for the scripts beside it."""

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]


def built(package, program=None, release=True):
    """The path of the program, which has the name of its package or another."""
    build = ["cargo", "build", "--quiet", "--package", package]
    build += ["--release"] if release else []
    subprocess.run(build, check=True, cwd=ROOT)
    target = ROOT / os.environ.get("CARGO_TARGET_DIR", "target")
    return target / ("release" if release else "debug") / (program or package)
