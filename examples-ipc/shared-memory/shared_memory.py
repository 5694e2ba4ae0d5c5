"""The same program in Python: Value and Array, whose lock a killed owner keeps."""

import multiprocessing
import time

PROCESSES = 4
INCREMENTS = 100_000  # by each process
MOVES = 250  # by each process
TOTAL = 1_000


def load_store(counter, barrier):
    count = counter.value
    barrier.wait()  # until every process has loaded the same number
    counter.value = count + 1


def locked_add(counter):
    for _ in range(INCREMENTS):
        with counter.get_lock():
            counter.value += 1


def locked_move(cells, cell):
    for _ in range(MOVES):
        with cells.get_lock():
            move_one(cells, cell)


def slow_move(cells, cell, paused):
    with cells.get_lock():
        move_one(cells, cell, lambda: (paused.set(), time.sleep(3600)))


def move_one(cells, to, pause=lambda: None):
    rest = cells[0] - 1
    cells[to] += 1
    pause()
    cells[0] = rest


def fill(cells):
    cells[:] = [TOTAL] + [0] * PROCESSES


def array(cells):
    return f"{cells[:]}, sum {sum(cells)}"


def run_all(task, arguments_of_each):
    """Lets all processes do the same at the same time."""
    processes = [
        multiprocessing.Process(target=task, args=arguments)
        for arguments in arguments_of_each
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()


def count(counter):
    print(f"{PROCESSES} processes count:")
    barrier = multiprocessing.Barrier(PROCESSES)
    run_all(load_store, [[counter, barrier]] * PROCESSES)
    print(f"  load, then store: {counter.value} of {PROCESSES}")

    counter.value = 0
    run_all(locked_add, [[counter]] * PROCESSES)
    print(f"  under the lock: {counter.value} of {PROCESSES * INCREMENTS}")


def move_to_own_cells(cells):
    print("They empty cell 0, each into its own cell:")
    fill(cells)
    run_all(locked_move, [[cells, cell] for cell in range(1, PROCESSES + 1)])
    print(f"  under the lock: {array(cells)}")


def kill_one(cells):
    print("process-4 is killed in the middle of a move, under the lock:")
    fill(cells)
    paused = multiprocessing.Event()
    process = multiprocessing.Process(target=slow_move, args=[cells, 4, paused])
    process.start()
    paused.wait()
    process.kill()
    process.join()

    if not cells.get_lock().acquire(timeout=0.5):
        print("  no process ever gets the lock again")
    # cells.get_obj() is the array without its lock.
    print(f"  found: {array(cells.get_obj())}")


if __name__ == "__main__":
    count(multiprocessing.Value("q", 0))
    cells = multiprocessing.Array("q", PROCESSES + 1)
    move_to_own_cells(cells)
    kill_one(cells)
