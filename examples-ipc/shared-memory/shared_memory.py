"""The same program in Python: Value and Array, whose lock a killed owner keeps."""

import multiprocessing
import time

PROCESSES = 4
INCREMENTS = 100_000  # by each process
TOTAL = 1_000
MOVES = TOTAL // PROCESSES  # by each process


def load_store(barrier, counter):
    for _ in range(MOVES):
        value = counter.value
        barrier.wait()  # until all have loaded
        counter.value = value + 1
        barrier.wait()  # until all have stored


def locked_add(barrier, counter):
    for _ in range(INCREMENTS):
        with counter.get_lock():
            counter.value += 1


def move(barrier, cells, cell):
    for _ in range(MOVES):
        move_one(cells, cell, barrier.wait)
        barrier.wait()  # until all have moved one


def locked_move(barrier, cells, cell):
    for _ in range(MOVES):
        with cells.get_lock():
            move_one(cells, cell)


def slow_move(reached, cells, cell):
    with cells.get_lock():
        move_one(cells, cell, lambda: (reached.set(), time.sleep(3600)))


def move_one(cells, to, pause=lambda: None):
    rest = cells[0] - 1
    cells[to] += 1
    pause()
    cells[0] = rest


def run(ready, task, *arguments):
    ready.wait()
    task(*arguments)


def work(task, *arguments):
    """Lets all processes do the same at the same time. Returns how long it took."""
    ready = multiprocessing.Barrier(PROCESSES + 1)
    barrier = multiprocessing.Barrier(PROCESSES)
    if task in (move, locked_move):
        own = [[cell] for cell in range(1, PROCESSES + 1)]
    else:
        own = [[]] * PROCESSES
    processes = [
        multiprocessing.Process(
            target=run, args=[ready, task, barrier, *arguments, *each]
        )
        for each in own
    ]
    for process in processes:
        process.start()
    ready.wait()
    begin = time.perf_counter()
    for process in processes:
        process.join()
    return time.perf_counter() - begin


def fill(cells):
    cells[:] = [TOTAL] + [0] * PROCESSES


def array(cells):
    return f"{cells[:]}, sum {sum(cells)}"


if __name__ == "__main__":
    counter = multiprocessing.Value("q", 0)
    cells = multiprocessing.Array("q", PROCESSES + 1)

    print(f"{PROCESSES} processes count:")
    work(load_store, counter)
    print(f"  load, then store: {counter.value} of {PROCESSES * MOVES}")
    counter.value = 0
    seconds = work(locked_add, counter)
    print(f"  under the lock: {counter.value} of {PROCESSES * INCREMENTS}")

    print("They empty cell 0, each into its own cell:")
    fill(cells)
    work(move, cells)
    print(f"  move without the lock: {array(cells)}")
    fill(cells)
    work(locked_move, cells)
    print(f"  move under the lock: {array(cells)}")

    fill(cells)
    reached = multiprocessing.Event()
    process = multiprocessing.Process(
        target=slow_move, args=[reached, cells, PROCESSES]
    )
    process.start()
    reached.wait()
    process.kill()
    process.join()
    print("A process is killed in the middle of a move, under the lock:")
    if not cells.get_lock().acquire(timeout=0.5):
        print("  nobody gets the lock any more")
    # cells.get_obj() is the array without its lock.
    print(f"  as it was left: {array(cells.get_obj())}")

    cost = seconds / (PROCESSES * INCREMENTS) * 1e9
    print(f"An increment under the lock: {cost:.0f} ns")
