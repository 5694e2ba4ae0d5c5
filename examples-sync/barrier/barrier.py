"""The same program in Python: a barrier breaks only if a thread calls abort()."""

import threading
import time

THREADS = 3


def main():
    # One column for each thread, and one row for each phase.
    rows = [[1, 2, 3], [0] * 3, [0] * 3]
    barrier = threading.Barrier(THREADS)

    def fill_column(column):
        for phase in range(1, len(rows)):
            fill_cell(rows, phase, column)
            barrier.wait()  # until all have filled their cell

    threads = [
        threading.Thread(target=fill_column, args=[column])
        for column in range(THREADS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for row in rows:
        print(f"Row: {row}")

    at_a_barrier_without_abort()
    at_a_barrier_with_abort()


def fill_cell(rows, phase, column):
    time.sleep([0.01, 0.02, 0.03][column])  # your work
    above = rows[phase - 1]
    rows[phase][column] = above[column] + above[(column + 1) % THREADS]


def at_a_barrier_without_abort():
    """Broken: the other threads wait forever."""
    barrier = threading.Barrier(THREADS)
    passed = threading.Event()

    def run(number):
        work(number)
        barrier.wait()
        passed.set()

    threads = [
        # Python would wait at the end for threads that are not daemons.
        threading.Thread(target=run, args=[number], daemon=True)
        for number in range(1, THREADS + 1)
    ]
    for thread in threads:
        thread.start()
    threads[2].join()
    if passed.wait(timeout=0.1):
        print("At std's barrier: they continue")
    else:
        print("At std's barrier: the others wait forever")


def at_a_barrier_with_abort():
    barrier = threading.Barrier(THREADS)
    panicked = []

    def run(number):
        try:
            work(number)
            barrier.wait()
            say(f"[thread-{number}] continues")
        except threading.BrokenBarrierError:
            say(f"[thread-{number}] stops: a thread of this barrier is gone")
        except RuntimeError:
            panicked.append(number)
            barrier.abort()  # nothing else tells the others

    threads = [
        threading.Thread(target=run, args=[number])
        for number in range(1, THREADS + 1)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    panics = len(panicked)
    print(f"At a breakable barrier: all have ended, {panics} by a panic")


def work(number):
    time.sleep(0.02)
    if number == 3:
        say("[thread-3] panics")
        raise RuntimeError("a bug")


def say(line):
    # One write per line: print() would write the newline separately.
    print(line + "\n", end="", flush=True)


if __name__ == "__main__":
    # No traceback: the first thread 3 dies of its exception on purpose.
    threading.excepthook = lambda args: None
    main()
