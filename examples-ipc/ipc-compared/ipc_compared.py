"""The same program in Python: pipes, socket, and mmap."""

import mmap
import os
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import time

WAYS = ["pipe", "socket-pair", "tcp", "shared-memory"]
TIME = 0.25  # seconds, for each row
END = 2**64 - 1


class Stream:
    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer

    def send(self, message):
        view = memoryview(message)
        while view:
            view = view[os.write(self.writer, view) :]

    def receive(self, length):
        parts = []
        while length:
            parts.append(os.read(self.reader, length))
            if not parts[-1]:
                raise EOFError
            length -= len(parts[-1])
        return b"".join(parts)


class Memory:
    """A word that says whose turn it is, and the message."""

    def __init__(self, memory, is_gone):
        self.memory, self.is_gone = memory, is_gone
        self.turn = 0

    def send(self, message):
        self.turn += 1
        self.memory[8 : 8 + len(message)] = message
        struct.pack_into("@Q", self.memory, 0, self.turn)

    def receive(self, length):
        self.turn += 1
        looks = 0
        while (turn := struct.unpack_from("@Q", self.memory)[0]) != self.turn:
            looks += 1
            if turn == END or looks % 1000 == 0 and self.is_gone():
                raise EOFError
            os.sched_yield()
        return self.memory[8 : 8 + length]


class Echo:
    """A child that sends every message back."""

    def __init__(self, way, length):
        self.memory = self.socket = None
        command = [sys.executable, __file__, way, str(length), str(os.getpid())]
        if way == "pipe":
            pipe = subprocess.PIPE
            self.child = subprocess.Popen(command, stdin=pipe, stdout=pipe)
            ends = self.child.stdout.fileno(), self.child.stdin.fileno()
            self.channel = Stream(*ends)
        elif way == "shared-memory":
            with tempfile.TemporaryFile() as file:
                file.truncate(8 + length)
                self.memory = mmap.mmap(file.fileno(), 8 + length)
                self.child = subprocess.Popen(command, stdin=file)
            is_gone = lambda: self.child.poll() is not None  # noqa: E731
            self.channel = Memory(self.memory, is_gone)
        else:
            self.socket, theirs = pair(way)
            self.child = subprocess.Popen(command, stdin=theirs)
            theirs.close()
            self.channel = Stream(self.socket.fileno(), self.socket.fileno())

    def round_trip(self, message):
        self.channel.send(message)
        self.channel.receive(len(message))

    def close(self):
        if self.memory:
            struct.pack_into("@Q", self.memory, 0, END)
        elif self.socket:
            self.socket.close()
        self.child.communicate()


def pair(way):
    if way == "socket-pair":
        return socket.socketpair()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        ours = socket.create_connection(listener.getsockname())
        theirs, _ = listener.accept()
    for side in (ours, theirs):
        side.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return ours, theirs


def echo(way, length, parent):
    if way == "pipe":
        channel = Stream(0, 1)
    elif way == "shared-memory":
        memory = mmap.mmap(0, 8 + length)
        channel = Memory(memory, lambda: os.getppid() != parent)
    else:
        channel = Stream(0, 0)
    try:
        while True:
            channel.send(channel.receive(length))
    except (EOFError, OSError):
        pass  # the parent has ended


def placements():
    if not hasattr(os, "sched_getaffinity"):
        return [("any core", None, None)]
    cores = sorted(os.sched_getaffinity(0))
    both = [("one core", cores[0], cores[0])]
    return both + [("two cores", cores[0], core) for core in cores[1:2]]


def stay_on(core):
    if core is not None:
        os.sched_setaffinity(0, [core])


def measure(length, batch, ours, theirs):
    stay_on(theirs)
    echoes = [Echo(way, length) for way in WAYS]
    stay_on(ours)
    message = bytes(length)
    for side in echoes:
        side.round_trip(message)  # Python takes a while to start
    times = [[] for _ in WAYS]
    start = time.perf_counter()
    while time.perf_counter() - start < TIME or len(times[0]) < 5:
        for side, of_side in zip(echoes, times):
            begin = time.perf_counter()
            for _ in range(batch):
                side.round_trip(message)
            of_side.append((time.perf_counter() - begin) / batch)
    for side in echoes:
        side.close()
    return [statistics.median(of_side) * 1e6 for of_side in times]


def compare():
    print("A message to another process and back, median time:")
    print(f"{'':24}" + "".join(f"{way:>15}" for way in WAYS))
    cores = placements()
    for name, length, batch in [("8 bytes", 8, 20), ("1 MiB", 1024 * 1024, 1)]:
        for where, ours, theirs in cores:
            times = measure(length, batch, ours, theirs)
            shown = "".join(f"{f'{each:.1f}µs':>15}" for each in times)
            print(f"{f'{name}, {where}':24}{shown}", flush=True)


if __name__ == "__main__":
    if len(sys.argv) == 1:
        compare()
    else:
        way, length, parent = sys.argv[1:]
        echo(way, int(length), int(parent))
