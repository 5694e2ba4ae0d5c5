"""The same program in Python, where every thread can reach all of the data."""

import threading
from concurrent.futures import ThreadPoolExecutor

PART = 250  # numbers for each thread


def borrow(numbers):
    def sum_of_squares(start):
        return sum(n * n for n in numbers[start : start + PART])

    with ThreadPoolExecutor() as pool:
        return sum(pool.map(sum_of_squares, range(0, len(numbers), PART)))


def split(numbers):
    squares = list(numbers)

    def square(start):
        # Nothing keeps a thread from writing into the part of another one.
        for place in range(start, start + PART):
            squares[place] **= 2

    with ThreadPoolExecutor() as pool:
        list(pool.map(square, range(0, len(numbers), PART)))
    return sum(squares)


def share(numbers):
    sums = []
    lock = threading.Lock()

    def add_sum(start):
        part = numbers[start : start + PART]
        result = sum(n * n for n in part)
        with lock:
            sums.append(result)

    threads = []
    for start in range(0, len(numbers), PART):
        threads.append(threading.Thread(target=add_sum, args=[start]))
        threads[-1].start()
    for thread in threads:
        thread.join()
    return sum(sums)


if __name__ == "__main__":
    numbers = range(1, 1_001)
    print(f"Borrow: {borrow(numbers)}")
    print(f"Split: {split(numbers)}")
    print(f"Share: {share(numbers)}")
