"""The same program in Python: concurrent.futures.ThreadPoolExecutor is the pool."""

import http.server
import os
import sys
import threading
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor, as_completed

WORKERS = 5
TIMEOUT = 10  # seconds, for each wait of a download
LONGEST_BODY = 10 * 1024 * 1024  # bytes
LATENCY = 0.1  # seconds


def download(url):
    with urllib.request.urlopen(url, timeout=TIMEOUT) as response:
        page = response.read(LONGEST_BODY + 1)
    if len(page) > LONGEST_BODY:
        raise ValueError(f"longer than {LONGEST_BODY} bytes")
    return page


def download_one(number, url):
    say(f"[site-{number}] Downloading {url}")
    return len(download(url))


def say(line):
    # One write a line: print() would write the newline on its own.
    print(f"{line}\n", end="", flush=True)


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
    with ThreadPoolExecutor(max_workers=WORKERS) as pool:
        futures = {
            pool.submit(download_one, number, url): (number, url)
            for number, url in enumerate(urls, 1)
        }
        for future in as_completed(futures):
            number, url = futures[future]
            if error := future.exception():
                print(f"[site-{number}] {url}: {error}", file=sys.stderr)
            else:
                size = future.result()
                say(f"[site-{number}] Downloaded {size} bytes from {url}")
    whole = time.perf_counter() - start

    sizes = []
    for future in futures:  # in the order of the input
        sizes.append("failed" if future.exception() else str(future.result()))
    print(f"In the order of the input: {', '.join(sizes)} bytes")
    failed = sizes.count("failed")
    print(f"Downloaded {len(urls) - failed} sites in {whole:.2f} seconds")
    sys.exit(1 if failed else 0)
