"""The same program in Python: concurrent.futures.ThreadPoolExecutor is the pool.

It runs on Python 3.9 and newer, and needs no package.
"""

import http.server
import os
import sys
import threading
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor, as_completed

WORKERS = 5
TIMEOUT = 10  # seconds, for each wait of a download
MAX_BODY_LEN = 10 * 1024 * 1024  # bytes
LATENCY = 0.1  # seconds


def download(url):
    with urllib.request.urlopen(url, timeout=TIMEOUT) as response:
        if response.length is None and not response.chunked:
            raise ValueError("the site does not state a length")
        page = response.read(MAX_BODY_LEN)
        if len(page) == MAX_BODY_LEN:
            raise ValueError(f"not shorter than {MAX_BODY_LEN} bytes")
        if response.length:  # what is still missing: read() does not complain
            raise ConnectionError("the page was cut")
    return page


def printable(text):
    """Hides a name and a password, and escapes what could control the terminal."""
    text = str(text)
    if "@" in text:
        start = text[: text.find("@")].find("://")
        start = 0 if start < 0 else start + 3
        at = text.rfind("@")
        secret = text[start:at]
        if ":" in secret or "/" not in secret:
            text = text[:start] + "***" + text[at:]
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def say(line):
    # One write per line: print() would write the newline separately.
    print(line + "\n", end="", flush=True)


def download_one(site, url):
    say(f"[site-{site}] Downloading {printable(url)}")
    return len(download(url))


class Page(http.server.BaseHTTPRequestHandler):
    """The local web site answers each request after LATENCY."""

    def do_GET(self):
        time.sleep(LATENCY)
        number = int(self.path[len("/page-") :])
        page = f"This is page {number}.\n".encode() * (100 * number)
        self.send_response(200)
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *args):
        pass  # quiet


class Site(http.server.ThreadingHTTPServer):
    request_queue_size = 128  # with the usual 5, a crowd of clients waits for 1 s


def sites(count):
    site = Site(("127.0.0.1", 0), Page)
    threading.Thread(target=site.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{site.server_port}"
    os.environ["no_proxy"] = "127.0.0.1"  # HTTP_PROXY may name another machine
    return [f"{address}/page-{number}" for number in range(1, count + 1)]


if __name__ == "__main__":
    urls = sys.argv[1:] or sites(9)

    start = time.perf_counter()
    with ThreadPoolExecutor(max_workers=WORKERS) as pool:
        futures = {
            pool.submit(download_one, site, url): (site, printable(url))
            for site, url in enumerate(urls, 1)
        }
        # Report each result as soon as it is there.
        for future in as_completed(futures):
            site, name = futures[future]
            if error := future.exception():
                say(f"[site-{site}] Failed to download {name}: {printable(error)}")
            else:
                say(f"[site-{site}] Downloaded {future.result()} bytes from {name}")
    elapsed = time.perf_counter() - start

    sizes = [
        "failed" if future.exception() else str(future.result())
        for future in futures  # in the order of the input
    ]
    print(f"In the order of the input: {', '.join(sizes)} bytes")
    failed = sizes.count("failed")
    print(f"Downloaded {len(urls) - failed} sites in {elapsed:.2f} seconds")
    if failed > 0:
        sys.exit(f"Error: {failed} of {len(urls)} downloads failed")
