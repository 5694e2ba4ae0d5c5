"""The same program in Python: a thread, a queue for all events, and a Condition.

It runs on Python 3.9 and newer, and needs no package.
"""

import os
import queue
import sys
import threading
import time

STEPS = 10_000
STEP_LEN = 100
FIRST = 100_000_000
THINK_TIME = 0.03  # seconds
DIALOGUE = [
    "progress", "pause", "progress", "progress", "resume", "faster", "progress",
    "stop",
]  # fmt: skip


class Job:
    """A long job in small steps, which other threads can pause and stop."""

    def __init__(self):
        self.changed = threading.Condition()
        self.request = "run"
        self.done = 0
        self.busy = False

    def run(self, steps, step):
        try:
            while self.may_go_on(steps):
                step()
                with self.changed:
                    self.done += 1
        finally:
            with self.changed:
                self.busy = False
                self.changed.notify_all()

    def may_go_on(self, steps):
        with self.changed:
            while self.request == "pause":
                self.busy = False
                self.changed.notify_all()
                self.changed.wait()
            self.busy = self.request == "run" and self.done < steps
            return self.busy

    def progress(self):
        with self.changed:
            return self.done

    def pause(self):
        self.ask("pause")
        with self.changed:
            self.changed.wait_for(lambda: not self.busy or self.request != "pause")

    def resume(self):
        self.ask("run")

    def stop(self):
        self.ask("stop")

    def ask(self, request):
        with self.changed:
            if self.request != "stop":
                self.request = request
            self.changed.notify_all()


def find_primes(job, events):
    primes = 0
    number = FIRST

    def step():
        nonlocal primes, number
        for number in range(number, number + STEP_LEN):
            primes += is_prime(number)
        number += 1

    try:
        job.run(STEPS, step)
    finally:
        events.put(("ended", primes))


def is_prime(number):
    divisor = 2
    while divisor * divisor <= number:
        if number % divisor == 0:
            return False
        divisor += 1
    return True


def read_commands(events):
    lines = 0
    # `for line in sys.stdin` would hold a lock at exit that Python waits for.
    with open(os.dup(0), errors="replace") as stdin:
        for line in stdin:
            events.put(("command", line.strip()))
            lines += 1
    if lines == 0:
        for command in DIALOGUE:
            time.sleep(THINK_TIME)
            events.put(("command", command))
    events.put(("end of input", None))


def answer(job, command):
    start = time.perf_counter()
    if command == "progress":
        print(f"{job.progress()} of {STEPS} steps")
    elif command == "pause":
        job.pause()
        milliseconds = (time.perf_counter() - start) * 1000
        print(f"Paused after {milliseconds:.1f}ms, ", end="")
        print(f"{job.progress()} of {STEPS} steps")
    elif command == "resume":
        job.resume()
        print("Resumed")
    elif command not in ("", "stop"):
        print(f'What is "{command}"? Type progress, pause, resume or stop')


def report(job, stop_time, primes):
    if stop_time is None:
        print("Done", end="")
    else:
        milliseconds = (time.perf_counter() - stop_time) * 1000
        print(f"Stopped after {milliseconds:.1f}ms", end="")
    print(f", {job.progress()} of {STEPS} steps: {primes} primes")


if __name__ == "__main__":
    terminal = sys.stdin.isatty()
    job, events = Job(), queue.Queue(maxsize=1)
    for target, args in ((find_primes, [job, events]), (read_commands, [events])):
        threading.Thread(target=target, args=args, daemon=True).start()

    stop_time = None
    interrupted = False
    while True:
        if terminal and stop_time is None:
            print("> ", end="", flush=True)
        try:
            kind, value = events.get()
        except KeyboardInterrupt:  # Python runs it on the main thread
            kind, value = "Ctrl-C", None
        if kind == "ended":
            if terminal:
                print()  # behind the prompt
            report(job, stop_time, value)
            break
        if kind == "command":
            if not terminal:
                print(f"> {value}")
            answer(job, value)
        if kind == "Ctrl-C":
            interrupted = True
        if kind != "command" or value == "stop":
            job.stop()
            stop_time = stop_time or time.perf_counter()
    sys.exit(130 if interrupted else 0)
