"""The same program in Python: the module sqlite3, and a connection a thread.

It runs on Python 3.9 and newer, and needs no package.
"""

import multiprocessing
import os
import sqlite3
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor

PAGES = 40
WRITERS = 4
DEPOSITS = 5  # by each writer
WORK_TIME = 0.002  # seconds
BUSY_TIMEOUT = 5  # seconds
COMMITTED = 3  # transfers, and the next one is cut off
AMOUNT = 10


def connect(path, timeout=BUSY_TIMEOUT):
    # Without `isolation_level=None`, the module begins transactions by itself: with
    # BEGIN, and not with BEGIN IMMEDIATE.
    return sqlite3.connect(path, timeout=timeout, isolation_level=None)


def open_database(path):
    database = connect(path)
    database.execute("PRAGMA journal_mode = wal")
    database.execute("PRAGMA synchronous = normal")
    return database


class Change:
    """with Change(database): a change that is done as a whole or not at all."""

    def __init__(self, database):
        self.database = database

    def __enter__(self):
        self.database.execute("BEGIN IMMEDIATE")

    def __exit__(self, error, *_):
        self.database.execute("COMMIT" if error is None else "ROLLBACK")


def create(database):
    database.executescript(
        """
        CREATE TABLE accounts (name TEXT PRIMARY KEY, balance INTEGER NOT NULL);
        INSERT INTO accounts VALUES ('alice', 100), ('bob', 100), ('shop', 0);
        CREATE TABLE visits (page INTEGER NOT NULL, seconds INTEGER NOT NULL);
        WITH RECURSIVE numbers (n) AS
            (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < 9999)
        INSERT INTO visits SELECT n % 40, n * 7919 % 100 FROM numbers;
        """
    )


def seconds_on(database, page):
    sql = "SELECT sum(seconds) FROM visits WHERE page = ?"
    return database.execute(sql, [page]).fetchone()[0]


def get_balance(database, name):
    sql = "SELECT balance FROM accounts WHERE name = ?"
    return database.execute(sql, [name]).fetchone()[0]


def set_balance(database, name, balance):
    sql = "UPDATE accounts SET balance = ? WHERE name = ?"
    database.execute(sql, [balance, name])


def query(path, pages):
    database = open_database(path)
    result = [seconds_on(database, page) for page in pages]
    database.close()
    return result


def read(path):
    pages = list(range(PAGES))
    start = time.perf_counter()
    one_by_one = query(path, pages)
    serial_time = time.perf_counter() - start
    print(f"{PAGES} queries on one thread: {serial_time:.2f} seconds")

    cores = len(os.sched_getaffinity(0))
    size = -(-len(pages) // cores)
    chunks = [pages[at : at + size] for at in range(0, len(pages), size)]
    start = time.perf_counter()
    with ThreadPoolExecutor(max_workers=cores) as pool:
        at_once = list(pool.map(query, [path] * len(chunks), chunks))
    elapsed = time.perf_counter() - start
    speed_up = serial_time / elapsed
    print(f"Threads: {elapsed:.2f} seconds, {speed_up:.2f} times as fast")
    same = sum(at_once, []) == one_by_one
    print(f"Results match: {str(same).lower()}")


def write(path):
    writers = [
        threading.Thread(target=deposit, args=[writer, path])
        for writer in range(1, WRITERS + 1)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    database = open_database(path)
    print(f"The shop has {get_balance(database, 'shop')}")
    database.close()


def deposit(writer, path):
    database = open_database(path)
    for _ in range(DEPOSITS):
        with Change(database):
            balance = get_balance(database, "shop")
            time.sleep(WORK_TIME)
            set_balance(database, "shop", balance + 1)
    database.close()
    # One write per line: print() would write the newline separately.
    print(f"[writer-{writer}] Deposited {DEPOSITS} times\n", end="", flush=True)


def show_locked(folder):
    path = os.path.join(folder, "locked.db")
    first = open_database(path)
    second = open_database(path)
    create(first)

    first.execute("BEGIN IMMEDIATE")
    second.execute("PRAGMA busy_timeout = 0")
    report("A second writer that does not wait", second)
    first.execute("COMMIT")

    second.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT * 1000}")
    second.execute("BEGIN")
    get_balance(second, "shop")
    set_balance(first, "shop", 2)
    report("A write after a read, with another write between", second)
    second.execute("ROLLBACK")
    first.close()
    second.close()

    for mode in ("delete", "wal"):
        path = os.path.join(folder, f"{mode}.db")
        writer = connect(path, timeout=0)
        writer.execute(f"PRAGMA journal_mode = {mode}")
        create(writer)
        reader = connect(path)
        reader.execute("BEGIN")
        get_balance(reader, "shop")
        report(f"A write during a read, journal mode {mode}", writer)
        reader.close()
        writer.close()


def report(what, database):
    try:
        set_balance(database, "shop", 1)
        print(f"{what}: done")
    except sqlite3.OperationalError as error:
        print(f"{what}: {error}")


def show_killed(path):
    receiver, sender = multiprocessing.Pipe(duplex=False)
    writer = multiprocessing.Process(target=transfer, args=[path, sender])
    writer.start()
    for _ in range(COMMITTED + 1):
        print(f"[writer] {receiver.recv()}")
    writer.kill()
    writer.join()
    print(f"The writer ended with signal: {-writer.exitcode} (SIGKILL)")

    database = open_database(path)
    alice, bob = get_balance(database, "alice"), get_balance(database, "bob")
    print(f"Alice has {alice}, Bob has {bob}")
    database.close()


def transfer(path, sender):
    database = open_database(path)
    number = 0
    while True:
        number += 1
        with Change(database):
            set_balance(database, "alice", get_balance(database, "alice") - AMOUNT)
            if number > COMMITTED:
                sender.send(f"Transfer {number} half done")
                time.sleep(60)  # until it is killed
            set_balance(database, "bob", get_balance(database, "bob") + AMOUNT)
        sender.send(f"Transfer {number} committed")


if __name__ == "__main__":
    # It is removed at the end, but not if this program is killed.
    with tempfile.TemporaryDirectory(prefix="database-queries-") as folder:
        path = os.path.join(folder, "bank.db")
        database = open_database(path)
        create(database)
        database.close()

        read(path)
        write(path)
        show_locked(folder)
        show_killed(path)
