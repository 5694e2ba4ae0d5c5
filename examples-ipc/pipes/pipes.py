"""The same program in Python: multiprocessing.Pipe, and subprocess for a filter."""

import multiprocessing
import shutil
import subprocess
import sys
import threading

PIECE = 8 * 1024  # bytes
DEADLINE = 1.0  # seconds
MIB = 1024 * 1024


def send(connection, size):
    connection.send_bytes(message(size))


def answer(connection):
    connection.send_bytes(connection.recv_bytes())


def one_way(size):
    from_child, to_parent = multiprocessing.Pipe(duplex=False)
    child = multiprocessing.Process(target=send, args=[to_parent, size])
    child.start()
    to_parent.close()  # or the end would never come
    received = from_child.recv_bytes()
    child.join()
    assert received == message(size)
    print(f"One way, over a pipe: {len(received)} bytes came")


def both_ways(size):
    connection, to_parent = multiprocessing.Pipe()  # a socket pair on Unix
    child = multiprocessing.Process(target=answer, args=[to_parent])
    child.start()
    to_parent.close()
    connection.send_bytes(message(size))
    received = connection.recv_bytes()
    child.join()
    assert received == message(size)
    print(f"Both ways, over a socket pair: {len(received)} bytes came back")


def start_echo():
    return subprocess.Popen(
        [sys.executable, __file__, "echo"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        bufsize=0,
    )


def write_then_read(size):
    """The mistake, on a thread that can be waited for with a deadline."""
    child = start_echo()
    written = 0
    result = ""

    def talk():
        nonlocal written, result
        data = message(size)
        try:
            while written < size:
                written += child.stdin.write(data[written : written + PIECE])
            child.stdin.close()
            result = f"{len(child.stdout.read())} bytes came back"
        except BrokenPipeError:
            pass  # it was freed: the child was killed

    thread = threading.Thread(target=talk)
    thread.start()
    moved = -1
    while thread.is_alive() and moved < written:
        moved = written
        thread.join(timeout=DEADLINE)
    result = result or f"stuck after {written} of {size} bytes"
    child.kill()
    child.wait()
    thread.join()
    print(f"Write everything, then read: {result}")


def write_and_read(size):
    child = start_echo()
    output, _ = child.communicate(message(size))
    assert output == message(size)
    print(f"Read while a thread writes: {len(output)} bytes came back")


def write_to_nobody(size):
    connection, to_parent = multiprocessing.Pipe()
    to_parent.close()
    try:
        connection.send_bytes(message(size))
    except BrokenPipeError as error:
        print(f"To a child that is gone: {error.strerror.lower()}")


def message(size):
    return (bytes(range(251)) * (size // 251 + 1))[:size]


def main(size="1MiB"):
    number, mib, _ = size.partition("MiB")
    size = int(number) * (MIB if mib else 1)
    one_way(size)
    both_ways(size)
    write_then_read(size)
    write_and_read(size)
    write_to_nobody(size)


if __name__ == "__main__":
    if sys.argv[1:] == ["echo"]:
        shutil.copyfileobj(sys.stdin.buffer, sys.stdout.buffer, PIECE)
    else:
        main(*sys.argv[1:])
