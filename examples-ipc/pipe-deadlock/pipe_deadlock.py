"""The same program in Python: Popen, and communicate() as the cure."""

import queue
import shutil
import subprocess
import sys
import threading

PIECE = 8 * 1024  # bytes
SIZE = 1024 * 1024
PATIENCE = 1.0  # seconds


def write_then_read(data):
    """Makes the mistake. Returns how many bytes were written if it got stuck."""
    child = start_echo()
    progress = queue.Queue()
    thread = threading.Thread(target=talk, args=[child, data, progress])
    thread.start()
    stuck = watch(progress)
    child.kill()
    child.wait()
    thread.join()
    return stuck


def talk(child, data, progress):
    written = 0
    try:
        while written < len(data):
            written += child.stdin.write(data[written : written + PIECE])
            progress.put(written)
        child.stdin.close()
        child.stdout.read()
    except BrokenPipeError:
        pass  # the child was killed
    progress.put(None)


def watch(progress):
    written = 0
    try:
        while (number := progress.get(timeout=PATIENCE)) is not None:
            written = number
        return None
    except queue.Empty:
        return written


def write_and_read(data):
    output, _ = start_echo().communicate(data)
    return output


def start_echo():
    return subprocess.Popen(
        [sys.executable, __file__, "echo"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        bufsize=0,
    )


def main():
    data = (b"hello world" * (SIZE // 11 + 1))[:SIZE]

    written = write_then_read(data)
    result = f"{SIZE} bytes came back"
    if written is not None:
        result = f"stuck after {written} of {SIZE} bytes"
    print(f"Write everything, then read: {result}")

    output = write_and_read(data)
    assert output == data
    print(f"Read while a thread writes: {len(output)} bytes came back")


if __name__ == "__main__":
    if sys.argv[1:] == ["echo"]:
        shutil.copyfileobj(sys.stdin.buffer, sys.stdout.buffer, PIECE)
    else:
        main()
