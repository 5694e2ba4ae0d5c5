"""The same program in Python: fcntl.flock, which is for Unix alone."""

import fcntl
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ADDERS = 5
ADDITIONS = 20  # of each adder


def only_instance(lock_file):
    lock = open(lock_file, "a")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return lock  # keep it: closing the file frees the lock
    except BlockingIOError:
        lock.close()
        return None


def update(path, change):
    with open(f"{path}.lock", "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # waits for its turn
        old = path.read_text() if path.exists() else ""
        unfinished = Path(f"{path}.new")
        unfinished.write_text(change(old))
        unfinished.replace(path)


def demonstrate(folder):
    first = spawn("instance", folder)
    print(f"[first] {next_line(first)}")
    second = spawn("instance", folder)
    print(f"[second] {next_line(second)}")
    end(second)
    print(f"[first] Killed: {kill(first)}")
    third = spawn("instance", folder)
    print(f"[third] {next_line(third)}")
    end(third)

    owner = spawn("owner", folder)
    print(f"[owner] {next_line(owner)}")
    adders = [spawn("adder", folder) for _ in range(ADDERS)]
    print(f"[owner] Killed: {kill(owner)}")
    for adder in adders:
        if adder.wait() != 0:
            sys.exit(f"Error: an adder ended with {adder.returncode}")
        end(adder)
    counter = (folder / "counter.txt").read_text()
    print(f"{ADDERS} processes added 1 {ADDITIONS} times each")
    print(f"Counter: {counter}")


def instance(folder):
    lock = only_instance(folder / "instance.lock")
    if lock is None:
        print("Another instance is running, so this one ends")
        return
    print("The only instance", flush=True)
    wait_for_parent()  # your work


def adder(folder):
    end_with_parent()
    for _ in range(ADDITIONS):
        update(folder / "counter.txt", lambda text: str(int(text or 0) + 1))


def owner(folder):
    def change(text):
        print("In the middle of a change, with the lock", flush=True)
        while True:
            time.sleep(1)

    end_with_parent()
    (folder / "counter.txt.new").write_text("half of a new tex")
    update(folder / "counter.txt", change)


def spawn(role, folder):
    return subprocess.Popen(
        [sys.executable, __file__, role, folder],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def next_line(child):
    return child.stdout.readline().rstrip("\n")


def kill(child):
    child.kill()
    end(child)
    return f"signal: {-child.returncode} (SIGKILL)"


def end(child):
    child.communicate()  # closes the lifeline, and waits


def wait_for_parent():
    os.read(0, 1)


def end_with_parent():
    def wait_and_end():
        wait_for_parent()
        os._exit(1)

    threading.Thread(target=wait_and_end, daemon=True).start()


if __name__ == "__main__":
    if len(sys.argv) == 1:
        with tempfile.TemporaryDirectory() as name:
            demonstrate(Path(name))
    else:
        roles = {"instance": instance, "adder": adder, "owner": owner}
        roles[sys.argv[1]](Path(sys.argv[2]))
