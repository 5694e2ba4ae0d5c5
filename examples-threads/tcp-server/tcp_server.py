"""The same program in Python: socketserver starts a thread for each client.

With an address such as 127.0.0.1:8000 as its argument, it is a server that Ctrl-C
or SIGTERM ends.
"""

import queue
import signal
import socket
import socketserver
import sys
import threading
import time

LINE_TIME = 10  # seconds, for a line of an honest client
MAX_LINE_LEN = 1024  # bytes
MAX_WAIT = 60  # seconds


def say(line):
    # One write per line: print() would write the newline separately.
    print(line + "\n", end="", flush=True)


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    request_queue_size = 128
    daemon_threads = False  # so that server_close() waits for them

    def __init__(self, address, max_clients, line_time, work=lambda: None):
        super().__init__(address, Handler)
        self.places = threading.Semaphore(max_clients)
        self.line_time = line_time
        self.work = work
        self.clients = set()

    def get_request(self):
        # The base class accepts a client as soon as it comes. While this one waits
        # for a place, it could not be stopped, so it looks up now and then.
        while not self.places.acquire(timeout=0.01):
            if self.stopping:
                raise OSError("stopped")
        try:
            client = super().get_request()
        except OSError:
            self.places.release()
            raise
        self.clients.add(client[0])
        return client

    def shutdown_request(self, request):
        self.clients.discard(request)
        super().shutdown_request(request)
        self.places.release()

    stopping = False

    def stop(self):
        self.stopping = True
        self.shutdown()  # asks every 10 ms, and waits for the answer
        for client in list(self.clients):
            try:
                client.shutdown(socket.SHUT_RD)
            except OSError:
                pass  # it has just ended


class Handler(socketserver.BaseRequestHandler):
    def handle(self):
        try:
            self.answer_lines()
        except (OSError, ValueError) as error:
            say(f"[server] closes a connection: {error}")
            try:
                self.request.sendall(f"error: {error}\n".encode())
            except OSError:
                pass

    def answer_lines(self):
        self.buffer = b""
        while (line := self.next_line()) is not None:
            self.server.work()
            self.request.sendall(line.upper().encode() + b"\n")

    def next_line(self):
        # A time-out begins anew with each byte. This is one for the whole line.
        deadline = time.monotonic() + self.server.line_time
        while b"\n" not in self.buffer:
            if len(self.buffer) > MAX_LINE_LEN:
                raise ValueError(f"a line is longer than {MAX_LINE_LEN} bytes")
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError("timed out")
            self.request.settimeout(left)
            received = self.request.recv(8192)
            if not received and self.buffer:
                raise ValueError("unexpected end of file")
            if not received:
                return None
            self.buffer += received
        self.request.settimeout(self.server.line_time)
        line, _, self.buffer = self.buffer.partition(b"\n")
        return line.decode()


class Client:
    def __init__(self, name, address):
        self.name = name
        self.socket = socket.create_connection(address, MAX_WAIT)
        self.reader = self.socket.makefile()

    def send(self, request):
        self.socket.sendall(request.encode() + b"\n")

    def receive(self):
        answer = self.reader.readline().rstrip()
        say(f"[{self.name}] {answer or 'the server has closed the connection'}")

    def ask(self, request):
        self.send(request)
        self.receive()


def one_of_six(number, address, three_there):
    client = Client(f"client-{number}", address)
    client.ask("hello")
    three_there.wait()
    client.ask("good bye")
    client.reader.close()
    client.socket.close()


def six_at_once(address):
    three_there = threading.Barrier(3)
    clients = [
        threading.Thread(target=one_of_six, args=[number, address, three_there])
        for number in range(1, 7)
    ]
    for client in clients:
        client.start()
    for client in clients:
        client.join()


def endless(address):
    client = Client("endless", address)
    client.socket.sendall(b"x" * 2000)
    client.receive()


def see_the_end(server, requests):
    idle = Client("idle", server.server_address)
    idle.ask("hello")
    requests.get()
    busy = Client("busy", server.server_address)
    busy.send("hello")
    requests.get()

    print("The server is stopped")
    server.stop()
    busy.receive()
    busy.receive()
    idle.receive()


def silent(address):
    Client("silent", address).receive()


def slow(address):
    client = Client("slow", address)
    client.socket.settimeout(0.01)
    while True:
        client.socket.sendall(b"x")
        try:
            answer = client.socket.recv(1024)
        except socket.timeout:
            continue
        say(f"[slow] {answer.decode().rstrip()}")
        return


def run(server):
    server.serve_forever(poll_interval=0.01)


def demonstrate():
    requests = queue.Queue()

    def work():
        requests.put(len(server.clients))
        time.sleep(0.02)  # your work

    server = Server(("127.0.0.1", 0), 3, LINE_TIME, work)
    running = threading.Thread(target=run, args=[server])
    running.start()
    six_at_once(server.server_address)
    most = 0
    while not requests.empty():
        most = max(most, requests.get())
    print(f"At most {most} clients at once")
    endless(server.server_address)
    see_the_end(server, requests)
    running.join()
    server.server_close()  # waits for the threads
    print("Every client is served", flush=True)

    server = Server(("127.0.0.1", 0), 3, 0.05)
    running = threading.Thread(target=run, args=[server])
    running.start()
    silent(server.server_address)
    slow(server.server_address)
    server.stop()
    running.join()
    server.server_close()


def serve_until_a_signal(host, port):
    server = Server((host, int(port)), 1000, LINE_TIME)
    running = threading.Thread(target=run, args=[server])
    running.start()
    # SIGTERM raises KeyboardInterrupt, too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    print("Listening at {}:{}".format(*server.server_address), flush=True)
    try:
        running.join()
    except KeyboardInterrupt:
        server.stop()
    server.server_close()
    print("Every client is served")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        serve_until_a_signal(*sys.argv[1].rsplit(":", 1))
    else:
        demonstrate()
