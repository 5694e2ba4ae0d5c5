"""The same program in Python: multiprocessing starts the child."""

import multiprocessing
import time

WORK = 0.1  # seconds


def print_numbers():
    for number in range(5):
        time.sleep(WORK)
        print(f"Process: {number}")


if __name__ == "__main__":
    process = multiprocessing.Process(target=print_numbers)
    process.start()
    process.join()
    print("Main process finished")
