"""The same program in Python: asyncio, with the standard library alone.

It runs on Python 3.9 and newer, and needs no package.
"""

import asyncio
import queue
import ssl
import sys
import threading
import time
import urllib.parse

TIMEOUT = 10  # seconds, for a whole download
MAX_BODY_LEN = 10 * 1024 * 1024  # bytes
LATENCY = 0.1  # seconds
LIMIT = 0.02  # seconds
COUNTS = [9, 100, 1000]
WAIT = 0.1  # seconds


async def main():
    urls = sys.argv[1:]
    if urls:
        return await download_all(urls)

    table = await measure()
    await download_all(await sites(9))
    await a_thousand_waits()
    await after_a_time_limit()
    await beside_a_timer()
    await two_deposits()
    print_table(table)


# Downloads


async def download_all(urls):
    start = time.perf_counter()
    results = await asyncio.gather(
        *[download_one(site, url) for site, url in enumerate(urls, 1)]
    )
    elapsed = time.perf_counter() - start
    downloaded = sum(page is not None for page, _ in results)
    one_by_one = sum(taken for _, taken in results)
    print(f"Downloaded {downloaded} sites in {elapsed:.2f} seconds")
    print(f"Their times add up to {one_by_one:.2f} seconds")
    failed = len(urls) - downloaded
    if failed > 0:
        sys.exit(f"Error: {failed} of {len(urls)} downloads failed")


async def download_one(site, url):
    start = time.perf_counter()
    print(f"[site-{site}] Downloading {url}")
    page = None
    try:
        page = await asyncio.wait_for(download(url), TIMEOUT)
        print(f"[site-{site}] Downloaded {len(page)} bytes from {url}")
    except Exception as error:
        print(f"[site-{site}] Failed to download {url}: {error!r}")
    return page, time.perf_counter() - start


async def download(url):
    """The standard library has no HTTP client for asyncio."""
    parts = urllib.parse.urlsplit(url)
    secure = ssl.create_default_context() if parts.scheme == "https" else None
    port = parts.port or (443 if secure else 80)
    reader, writer = await asyncio.open_connection(
        parts.hostname, port, ssl=secure
    )
    try:
        request = f"GET {parts.path or '/'} HTTP/1.0\r\nHost: {parts.hostname}\r\n"
        writer.write(request.encode() + b"\r\n")
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        if head[0].split()[1] != "200":
            raise ValueError(head[0])
        headers = dict(line.lower().split(": ", 1) for line in head[1:-2])
        length = int(headers["content-length"])
        if length > MAX_BODY_LEN:
            raise ValueError(f"longer than {MAX_BODY_LEN} bytes")
        return await reader.readexactly(length)
    finally:
        writer.close()


async def sites(count):
    """The local web site answers each request after LATENCY."""

    async def answer(reader, writer):
        request = await reader.readuntil(b"\r\n\r\n")
        await asyncio.sleep(LATENCY)
        number = int(request.split()[1][len("/page-") :])
        page = f"This is page {number}.\n".encode() * (100 * number)
        head = f"HTTP/1.0 200 OK\r\nContent-Length: {len(page)}\r\n\r\n"
        writer.write(head.encode() + page)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    return [f"http://127.0.0.1:{port}/page-{n}" for n in range(1, count + 1)]


# A limit


async def at_most(limit, jobs):
    permits = asyncio.Semaphore(limit)

    async def run(job):
        try:
            return await job
        finally:
            permits.release()

    tasks = []
    for job in jobs:
        await permits.acquire()
        tasks.append(asyncio.create_task(run(job)))
    return await asyncio.gather(*tasks)


async def a_thousand_waits():
    waiting = 0
    hundred = Barrier(100)

    async def wait():
        nonlocal waiting
        waiting += 1
        at_once = waiting
        await hundred.wait()  # so that they really overlap
        await asyncio.sleep(0.005)  # your I/O
        waiting -= 1
        return at_once

    start = time.perf_counter()
    at_once = await at_most(100, (wait() for _ in range(1000)))
    print(f"{len(at_once)} waits, at most {max(at_once)} at once")
    print(f"A thousand waits in {time.perf_counter() - start:.2f} seconds")


class Barrier:
    """As asyncio.Barrier, which is there since Python 3.11."""

    def __init__(self, count):
        self.count = count
        self.missing = count
        self.all_there = asyncio.Event()

    async def wait(self):
        all_there = self.all_there
        self.missing -= 1
        if self.missing == 0:
            self.missing = self.count
            self.all_there = asyncio.Event()
            all_there.set()
        await all_there.wait()


# A time limit


async def never_ends(name):
    try:
        await asyncio.Event().wait()
    finally:
        print(f"[{name}] is cancelled, so its guard is dropped")


async def after_a_time_limit():
    try:
        await asyncio.wait_for(never_ends("future"), LIMIT)
    except asyncio.TimeoutError:
        print("[main] no longer waits for the future")

    # wait_for() would cancel the task. wait() does not.
    task = asyncio.create_task(never_ends("task"))
    await asyncio.wait([task], timeout=LIMIT)
    print("[main] no longer waits for the task, and aborts it")
    task.cancel()
    await asyncio.wait([task])

    asked = queue.Queue()

    def thread():
        asked.get()
        print("[thread] ends when it is asked to")

    future = asyncio.get_running_loop().run_in_executor(None, thread)
    await asyncio.wait([future], timeout=LIMIT)
    print("[main] no longer waits for the thread, and asks it")
    asked.put(None)
    await future


# Computing


async def beside_a_timer():
    ticks = 0

    async def tick():
        nonlocal ticks
        while True:
            await asyncio.sleep(0.001)
            ticks += 1

    def compute(goes_on):
        before = ticks
        while goes_on(ticks - before):
            pass  # your work
        return ticks - before

    timer = asyncio.create_task(tick())
    await asyncio.sleep(0)  # the timer starts
    start = time.perf_counter()
    during = compute(lambda _: time.perf_counter() - start < 0.02)
    print(f"[timer] {during} ticks while a task computes for 20 ms")
    # The GIL lets the timer tick now and then, but not both compute at once.
    await asyncio.to_thread(compute, lambda ticks: ticks < 5)
    print("[timer] 5 ticks while a thread computes")
    timer.cancel()


# A lock


async def save(balance):
    await asyncio.sleep(0)  # stands for your I/O


async def two_deposits():
    async def deposit_and_hold(lock):
        with lock:  # broken
            await save(110)

    async def two(lock):
        await asyncio.gather(deposit_and_hold(lock), deposit_and_hold(lock))

    thread = threading.Thread(
        target=lambda: asyncio.run(two(threading.Lock())), daemon=True
    )
    thread.start()
    await asyncio.to_thread(thread.join, 0.05)
    end = "hangs" if thread.is_alive() else "ends"
    print(f"Thread lock held across await: {end}")

    balance = 100
    thread_lock = threading.Lock()
    async_lock = asyncio.Lock()

    async def deposit():
        nonlocal balance
        with thread_lock:
            balance += 10
            new_balance = balance
        await save(new_balance)

    async def deposit_in_order():
        nonlocal balance
        async with async_lock:
            balance += 10
            await save(balance)

    await asyncio.gather(deposit(), deposit())
    print(f"Thread lock freed before await: {balance}")
    balance = 100
    await asyncio.gather(deposit_in_order(), deposit_in_order())
    print(f"Async lock held across await: {balance}")


# Threads beside it


async def measure():
    before = private_memory()
    tasks = [await wait_in_tasks(count, before) for count in COUNTS]
    before = private_memory()
    threads = [
        await asyncio.to_thread(wait_in_threads, count, before) for count in COUNTS
    ]
    return list(zip(COUNTS, tasks, threads))


async def wait_in_tasks(count, before):
    ended, measured = Barrier(count + 1), Barrier(count + 1)

    async def wait():
        await asyncio.sleep(WAIT)
        await ended.wait()
        await measured.wait()

    start = time.perf_counter()
    tasks = [asyncio.create_task(wait()) for _ in range(count)]
    await ended.wait()
    elapsed = time.perf_counter() - start
    memory = private_memory() - before
    await measured.wait()
    await asyncio.gather(*tasks)
    return elapsed, memory


def wait_in_threads(count, before):
    every = threading.Barrier(count + 1)

    def wait():
        time.sleep(WAIT)
        every.wait()
        every.wait()

    start = time.perf_counter()
    threads = [threading.Thread(target=wait) for _ in range(count)]
    for thread in threads:
        thread.start()
    every.wait()
    elapsed = time.perf_counter() - start
    memory = private_memory() - before
    every.wait()
    for thread in threads:
        thread.join()
    return elapsed, memory


def private_memory():
    """The memory that this process has written to, without files, in KiB."""
    if sys.platform != "linux":
        return 0
    with open("/proc/self/smaps_rollup") as file:
        line = next(line for line in file if line.startswith("Anonymous:"))
    return int(line.split()[1])


def print_table(table):
    print(f"{'':28}tasks{'':16}threads")
    for count, (task_time, task_memory), (time_, memory) in table:
        print(
            f"{count:4} waits {task_time:6.2f} s {task_memory:6} KiB"
            f" {time_:6.2f} s {memory:6} KiB"
        )
    if sys.platform == "linux":
        ratio = memory // max(task_memory, 1)
        print(f"{count} threads take {ratio} times the memory of as many tasks")
    else:
        print("The memory is only measured on Linux")


if __name__ == "__main__":
    asyncio.run(main())
