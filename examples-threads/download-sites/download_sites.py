"""The same program in Python: one threading.Thread a URL."""

import http.server
import os
import sys
import threading
import time
import urllib.request

TIMEOUT = 10  # seconds, for each wait of a download
LONGEST_BODY = 10 * 1024 * 1024  # bytes
LATENCY = 0.1  # seconds


def download(url):
    with urllib.request.urlopen(url, timeout=TIMEOUT) as response:
        page = response.read(LONGEST_BODY + 1)
    if len(page) > LONGEST_BODY:
        raise ValueError(f"longer than {LONGEST_BODY} bytes")
    return page


class Download(threading.Thread):
    """A thread that keeps its result: join() does not return one."""

    def __init__(self, number, url):
        super().__init__(name=f"site-{number}")
        self.url = url
        self.error = None

    def run(self):
        start = time.perf_counter()
        say(f"Downloading {self.url}")
        try:
            page = download(self.url)
            say(f"Downloaded {len(page)} bytes from {self.url}")
        except Exception as error:
            self.error = error
        self.time = time.perf_counter() - start


def say(what):
    # One write a line: print() would write the newline on its own.
    name = threading.current_thread().name
    print(f"[{name}] {what}\n", end="", flush=True)


class Page(http.server.BaseHTTPRequestHandler):
    """The local web site answers each request after LATENCY."""

    def do_GET(self):
        time.sleep(LATENCY)
        number = int(self.path.removeprefix("/page-"))
        page = f"This is page {number}.\n".encode() * (100 * number)
        self.send_response(200)
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *args):
        pass  # quiet


class Site(http.server.ThreadingHTTPServer):
    request_queue_size = 128  # with the usual 5, a crowd of clients waits 1 s


def sites(count):
    site = Site(("127.0.0.1", 0), Page)
    threading.Thread(target=site.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{site.server_port}"
    os.environ["no_proxy"] = "127.0.0.1"  # even if HTTP_PROXY names a proxy
    return [f"{address}/page-{number}" for number in range(1, count + 1)]


if __name__ == "__main__":
    urls = sys.argv[1:] or sites(9)

    start = time.perf_counter()
    downloads = [Download(number, url) for number, url in enumerate(urls, 1)]
    for thread in downloads:
        thread.start()
    for thread in downloads:
        thread.join()
    whole = time.perf_counter() - start

    failed = [thread for thread in downloads if thread.error]
    for thread in failed:
        print(f"{thread.url}: {thread.error}", file=sys.stderr)
    print(f"Downloaded {len(urls) - len(failed)} sites in {whole:.2f} seconds")
    added_up = sum(thread.time for thread in downloads)
    print(f"Their times add up to {added_up:.2f} seconds")
    sys.exit(1 if failed else 0)
