"""The same program in Python: subprocess.Popen in a session of its own.

subprocess.run(timeout=...) kills only the program itself, without asking first, and
then waits for the others that hold its output. Processes that have left the session
are not found here.
"""

import os
import queue
import signal
import subprocess
import sys
import threading
import time

LONG = 10  # seconds
SHORT = 0.3
MAX_OUTPUT = 50_000  # bytes
MAX_LINE = 64 * 1024
POLL = 0.005  # seconds


def run(command, limit, grace, max_output, on_line):
    """Returns how the program ended, whether it had to be asked to stop, and what
    was kept of its two outputs."""
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,  # and with it a group
    )
    lines = queue.Queue(maxsize=16)
    for which, pipe in enumerate([process.stdout, process.stderr]):
        threading.Thread(
            target=read, args=[pipe, which, lines], daemon=True
        ).start()

    output = [b"", b""]
    open_pipes = 2

    def has_ended():
        # WNOWAIT: it stays in the system's table, and the group keeps its number.
        how = os.WEXITED | os.WNOHANG | os.WNOWAIT
        return os.waitid(os.P_PID, process.pid, how) is not None

    def wait(limit):
        nonlocal open_pipes
        deadline = time.monotonic() + limit
        ended = False
        while time.monotonic() < deadline:
            try:
                which, line = lines.get(timeout=POLL)
                if line:
                    room = max_output - len(output[which])
                    output[which] += line[:room]
                    on_line(line.rstrip(b"\n"))
                else:
                    open_pipes -= 1
            except queue.Empty:
                if ended and open_pipes == 0:
                    return True
            if not ended and has_ended():
                ended = True
                deadline = min(deadline, time.monotonic() + grace)
        return False

    complete = wait(limit)
    stopped = not has_ended()
    if not complete:
        os.killpg(process.pid, signal.SIGTERM)
        complete = wait(grace)
    os.killpg(process.pid, signal.SIGKILL)
    if not complete:
        wait(grace)
    return process.wait(), stopped, output


def read(pipe, which, lines):
    while line := pipe.readline(MAX_LINE):
        lines.put((which, line))
    lines.put((which, b""))


def show(name, limit):
    def on_line(line):
        # One write per line: print() would write the newline separately.
        text = line.decode(errors="replace")[:30]
        print(f"[{name}] > {text}\n", end="", flush=True)

    command = [sys.executable, __file__, name]
    status, stopped, output = run(
        command, limit, limit / 3, MAX_OUTPUT, on_line
    )
    if status < 0:
        end = f"signal: {-status} ({signal.Signals(-status).name})"
    else:
        end = f"exit status: {status}"
    how = "Stopped" if stopped else "Ended"
    print(f"[{name}] {how}: {end}\n", end="", flush=True)
    if any(len(kept) == MAX_OUTPUT for kept in output):
        print(f"[{name}] Kept the first {MAX_OUTPUT} bytes\n", end="", flush=True)


def play(name):
    if name == "quick":
        print("ready")
    elif name == "talkative":
        for page in range(1, 5):
            print(f"page {page} " * 4_000, file=sys.stderr)
        sys.exit(3)
    elif name == "slow":
        print("this will take an hour", flush=True)
        work_for_an_hour()
    elif name == "stubborn":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        print("you cannot stop me", flush=True)
        work_for_an_hour()
    elif name == "family":
        for _ in range(2):
            subprocess.Popen([sys.executable, __file__, "helper"])
        print("two helpers are started", flush=True)
        work_for_an_hour()
    elif name == "helper":
        work_for_an_hour()
    else:
        sys.exit(f'Error: there is no role "{name}"')


def work_for_an_hour():
    end_with_parent()
    time.sleep(3600)


def end_with_parent():
    def wait_for_end():
        os.read(0, 1)
        os._exit(1)

    threading.Thread(target=wait_for_end, daemon=True).start()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        play(sys.argv[1])
    else:
        start = time.monotonic()
        show("quick", LONG)
        # On a busy machine, a program takes long even to begin.
        short = max(SHORT, 20 * (time.monotonic() - start))

        programs = [("talkative", LONG), ("slow", short)]
        programs += [("stubborn", short), ("family", short)]
        threads = [threading.Thread(target=show, args=args) for args in programs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
