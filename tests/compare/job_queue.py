"""job-queue under fire, against a real nats-server: workers, the coordinator and
the server are killed, and a cable is pulled. Prints what became of the jobs.

The last drill makes three machines out of network namespaces, for which it has to
be root on Linux.

Run it:    python3 tests/compare/job_queue.py [--rounds 3] [DRILL...]
"""

import argparse
import contextlib
import json
import os
import random
import signal
import subprocess
import tempfile
import threading
import time
from pathlib import Path

from built import built

LEASE = 2  # seconds, as in queue.rs


class Server:
    """A nats-server with its own files, which can be killed and started again."""

    def __init__(self, prefix=(), address="127.0.0.1"):
        self.folder = tempfile.TemporaryDirectory()
        self.prefix, self.address, self.port = list(prefix), address, "-1"
        self.start()

    def start(self):
        command = ["nats-server", "--addr", self.address, "--port", self.port]
        command += ["--jetstream", "--store_dir", self.folder.name]
        command += ["--ports_file_dir", self.folder.name]
        self.process = subprocess.Popen(
            self.prefix + command, stderr=subprocess.DEVNULL
        )
        while not (url := self.url()):
            assert self.process.poll() is None, "nats-server has ended"
            time.sleep(0.01)
        self.port = url.rpartition(":")[2]
        return url

    def url(self):
        for file in Path(self.folder.name).glob("*.ports"):
            with contextlib.suppress(ValueError, IndexError):
                urls = json.loads(file.read_text())["nats"]
                return next(url for url in urls if self.address in url)
        return None

    def kill(self):
        self.process.kill()
        self.process.wait()
        for file in Path(self.folder.name).glob("*.ports"):
            file.unlink()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()
        self.folder.cleanup()


class Workers:
    """Workers that are started again when they end, as a service manager does."""

    def __init__(self, program, url, prefixes):
        self.environment = dict(os.environ, NATS_URL=url)
        self.program, self.log = program, tempfile.NamedTemporaryFile("a")
        self.kills, self.stopping = 0, False
        self.processes = [None] * len(prefixes)
        self.threads = []
        for place, prefix in enumerate(prefixes):
            thread = threading.Thread(target=self.keep, args=(place, prefix))
            thread.start()
            self.threads.append(thread)

    def keep(self, place, prefix):
        while not self.stopping:
            self.processes[place] = process = subprocess.Popen(
                [*prefix, self.program, "worker"],
                env=self.environment,
                stdout=self.log,
                stderr=subprocess.DEVNULL,
            )
            process.wait()
            time.sleep(0.1)

    def kill_one(self):
        process = random.choice([p for p in self.processes if p])
        if process.poll() is None:
            process.kill()
            self.kills += 1

    def starts(self):
        """The jobs that were started, with their runs, one name for each start."""
        # Not through `self.log`, which would move the place where workers write.
        lines = Path(self.log.name).read_text().splitlines()
        lines = [line.split() for line in lines]
        return [words[2].rstrip(",") for words in lines if words[1:2] == ["Job"]]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stopping = True
        while any(thread.is_alive() for thread in self.threads):
            for process in self.processes:
                if process and process.poll() is None:
                    process.send_signal(signal.SIGTERM)
            time.sleep(0.05)


def coordinator(program, url, jobs, milliseconds, killer=0, run="drill", prefix=()):
    return subprocess.Popen(
        [*prefix, program, "run", run]
        + [str(number) for number in (jobs, milliseconds, killer, 0)],
        env=dict(os.environ, NATS_URL=url),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def result(process, jobs):
    """How many answers are right and in place, the others, and the seconds."""
    lines = process.communicate()[0].splitlines()
    assert process.returncode == 0 and len(lines) == jobs + 1, lines
    squares = [str(number**2) for number in range(1, jobs + 1)]
    others = {
        number: line
        for number, (line, square) in enumerate(zip(lines, squares), 1)
        if line != square
    }
    return jobs - len(others), others, float(lines[-1])


def print_row(drill, right, jobs, workers, seconds, rest=""):
    starts = len(workers.starts())
    print(
        f"{drill:<34} {right:>4} of {jobs:<4} {starts:>5} starts "
        f"{workers.kills:>3} kills {seconds:7.2f} s {rest}",
        flush=True,
    )


def quiet(program):
    with Server() as server, Workers(program, server.url(), [[]] * 4) as workers:
        jobs = coordinator(program, server.url(), 100, 200)
        right, others, seconds = result(jobs, 100)
        print_row("nothing happens", right, 100, workers, seconds, others or "")


def fire(program):
    """A worker is killed every 0.8 s, and the server once."""
    with Server() as server, Workers(program, server.url(), [[]] * 4) as workers:
        jobs = coordinator(program, server.url(), 100, 200)
        ticks = 0
        while jobs.poll() is None:
            time.sleep(0.8)
            workers.kill_one()
            ticks += 1
            if ticks == 3:
                server.kill()
                server.start()
        right, others, seconds = result(jobs, 100)
        print_row("workers and the server are killed", right, 100, workers, seconds,
                  others or "")


def poison(program):
    """A job kills each worker that takes it."""
    with Server() as server, Workers(program, server.url(), [[]] * 4) as workers:
        jobs = coordinator(program, server.url(), 20, 50, killer=7)
        right, others, seconds = result(jobs, 20)
        print_row("a job kills its workers", right, 20, workers, seconds, others)


def coordinator_killed(program):
    """It is run again, with the same name for the run."""
    with Server() as server, Workers(program, server.url(), [[]] * 4) as workers:
        first = coordinator(program, server.url(), 100, 50)
        while len(workers.starts()) < 40:
            time.sleep(0.01)
        first.kill()
        first.wait()
        jobs = coordinator(program, server.url(), 100, 50)
        right, others, seconds = result(jobs, 100)
        twice = len(workers.starts()) - len(set(workers.starts()))
        print_row("the coordinator is killed", right, 100, workers, seconds,
                  f"{twice} started twice {others or ''}")


def tiny(program):
    """What the queue itself costs."""
    with Server() as server, Workers(program, server.url(), [[]] * 2) as workers:
        jobs = coordinator(program, server.url(), 5000, 0)
        right, others, seconds = result(jobs, 5000)
        print_row("tiny jobs, two workers", right, 5000, workers, seconds,
                  f"{seconds / 5000 * 1000:.2f} ms a job {others or ''}")


NAMESPACES = ["switch", "h1", "h2", "h3"]


def ip(*words):
    subprocess.run(["ip", *words], check=True)


@contextlib.contextmanager
def machines():
    """Three machines, 10.77.0.1 to 10.77.0.3, and the switch between them."""
    names = [f"drill-{name}" for name in NAMESPACES]
    try:
        for name in names:
            ip("netns", "add", name)
            ip("-n", name, "link", "set", "lo", "up")
        switch = names[0]
        ip("-n", switch, "link", "add", "br0", "type", "bridge")
        ip("-n", switch, "link", "set", "br0", "up")
        for number, name in enumerate(names[1:], 1):
            ip("link", "add", "eth0", "netns", name,
               "type", "veth", "peer", "name", f"p{number}", "netns", switch)
            ip("-n", switch, "link", "set", f"p{number}", "master", "br0", "up")
            ip("-n", name, "addr", "add", f"10.77.0.{number}/24", "dev", "eth0")
            ip("-n", name, "link", "set", "eth0", "up")
        yield [["ip", "netns", "exec", name] for name in names[1:]]
    finally:
        for name in names:
            subprocess.run(["ip", "netns", "del", name], stderr=subprocess.DEVNULL)


def cable(program):
    """The server and the coordinator are on the first machine, and workers on the
    others, one of which loses its network for 10 s."""
    if os.name != "posix" or os.geteuid() != 0:
        print("a cable is pulled: NOT RUN, because only root can make namespaces")
        return
    with machines() as (first, second, third), Server(first, "10.77.0.1") as server:
        places = [second, second, third, third]
        with Workers(program, server.url(), places) as workers:
            jobs = coordinator(program, server.url(), 100, 200, prefix=first)
            while len(workers.starts()) < 10:
                time.sleep(0.01)
            ip("-n", "drill-switch", "link", "set", "p3", "down")
            time.sleep(10)
            ip("-n", "drill-switch", "link", "set", "p3", "up")
            right, others, seconds = result(jobs, 100)
            print_row("a cable is pulled for 10 s", right, 100, workers, seconds,
                      others or "")


DRILLS = [quiet, fire, poison, coordinator_killed, cable, tiny]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("drills", nargs="*", metavar="DRILL",
                        choices=[drill.__name__ for drill in DRILLS] + [[]])
    arguments = parser.parse_args()
    program = str(built("compare", "compare-job-queue"))
    for drill in DRILLS:
        if not arguments.drills or drill.__name__ in arguments.drills:
            for _ in range(arguments.rounds):
                drill(program)


if __name__ == "__main__":
    main()
