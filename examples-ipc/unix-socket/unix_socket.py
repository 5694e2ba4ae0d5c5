"""The same program in Python: a socket of the family AF_UNIX."""

import fcntl
import os
import queue
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

NAMES = ["alice", "bob", "carol"]
MAX_BEHIND = 100  # messages
MAX_LEN = 64 * 1024  # bytes
MAX_WAIT = 2  # seconds


def say(line):
    # One write per line: print() would write the newline separately.
    print(line + "\n", end="", flush=True)


def send(to, message):
    body = message.encode()
    to.sendall(struct.pack("<I", len(body)) + body)


def read_exact(stream, length):
    received = stream.read(length)
    if len(received) < length:
        raise EOFError("cut off in a message")
    return received


def receive(stream):
    first = stream.read(1)
    if not first:
        return None
    (length,) = struct.unpack("<I", first + read_exact(stream, 3))
    if length > MAX_LEN:
        raise ValueError("it is too long")
    return read_exact(stream, length).decode()


class Hub:
    def __init__(self, path):
        # Python lets you lock a folder, too. The lock ends with the process.
        self.folder = os.open(os.path.dirname(path), os.O_RDONLY)
        try:
            fcntl.flock(self.folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self.folder)
            raise OSError("address in use") from None
        if os.path.exists(path):
            os.remove(path)
        self.path = path
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen(128)
        self.lock = threading.Lock()
        self.clients = {}  # a queue for each
        self.stopped = False

    def run(self, on_message):
        threads = []
        while True:
            client, _ = self.listener.accept()
            outbox = queue.Queue(MAX_BEHIND + 1)
            with self.lock:
                if self.stopped:
                    break
                self.clients[client] = outbox
            for target in (self.write_all, self.read_all):
                args = [client, outbox, on_message]
                threads.append(threading.Thread(target=target, args=args))
                threads[-1].start()
        for thread in threads:
            thread.join()
        self.listener.close()
        os.remove(self.path)
        os.close(self.folder)

    def write_all(self, client, outbox, _):
        try:
            while (message := outbox.get()) is not None:
                send(client, message)
            client.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # the thread that reads learns it, too

    def read_all(self, client, outbox, on_message):
        try:
            with client.makefile("rb") as stream:
                while (message := receive(stream)) is not None:
                    on_message(message)
        except (OSError, EOFError, ValueError) as error:
            say(f"[server] lost a client: {error}")
        with self.lock:
            self.clients.pop(client, None)
        outbox.put(None)

    def send_to_all(self, message):
        with self.lock:
            for client, outbox in list(self.clients.items()):
                if outbox.qsize() >= MAX_BEHIND:
                    del self.clients[client]
                    client.shutdown(socket.SHUT_RDWR)
                else:
                    outbox.put(message)

    def stop(self):
        with self.lock:
            self.stopped = True
            for client in self.clients:
                client.shutdown(socket.SHUT_RD)
        with socket.socket(socket.AF_UNIX) as waker:
            waker.connect(self.path)


def server(path):
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as stale:
        stale.bind(path)

    hub = Hub(path)
    say("[server] listens, in place of one that left its file")
    try:
        Hub(path)
    except OSError as error:
        say(f"[server] a second server is refused: {error}")
    names = set()

    def on_message(message):
        if ": " in message:
            hub.send_to_all(message)
            return
        names.add(message)
        if sorted(names) == NAMES:
            hub.send_to_all("server: all are here")

    def lifeline():
        sys.stdin.read()
        hub.stop()

    threading.Thread(target=lifeline, daemon=True).start()
    hub.run(on_message)
    say("[server] has stopped")
    os.rmdir(os.path.dirname(path))


def connect(path):
    end = time.monotonic() + MAX_WAIT
    while True:
        try:
            connection = socket.socket(socket.AF_UNIX)
            connection.connect(path)
            return connection
        except (FileNotFoundError, ConnectionRefusedError):
            connection.close()
            if time.monotonic() > end:
                raise
            time.sleep(0.005)


def talk(path, name):
    connection = connect(path)
    stream = connection.makefile("rb")
    send(connection, name)
    for received in range(len(NAMES) + 1):
        message = receive(stream)
        if message is None:
            sys.exit("the server is gone")
        say(f'[{name}] receives "{message}"')
        if received == 0:
            send(connection, f"{name}: hello")


def send_half(path):
    with connect(path) as connection:
        connection.sendall(b"\x64\0\0\0half")


def spawn_self(*args):
    command = [sys.executable, __file__, *args]
    return subprocess.Popen(command, stdin=subprocess.PIPE)


def parent():
    folder = tempfile.mkdtemp()
    path = os.path.join(folder, "socket")
    running = spawn_self("server", path, "chat")

    spawn_self("client", path, "half").communicate()
    clients = [spawn_self("client", path, name) for name in NAMES]
    for client in clients:
        client.communicate()
    running.communicate()  # closes its lifeline
    if any(client.returncode for client in clients):
        sys.exit("Error: a child has failed")


if __name__ == "__main__":
    if len(sys.argv) == 1:
        parent()
    elif sys.argv[1] == "server":
        server(sys.argv[2])
    elif sys.argv[3] == "half":
        send_half(sys.argv[2])
    else:
        talk(*sys.argv[2:])
