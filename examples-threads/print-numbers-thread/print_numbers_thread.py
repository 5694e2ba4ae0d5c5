"""The same program in Python: threading.Thread, start and join."""

import threading
import time


def print_numbers():
    for number in range(5):
        time.sleep(0.1)  # your work
        print(f"Thread: {number}")


if __name__ == "__main__":
    numbers = threading.Thread(target=print_numbers)
    numbers.start()
    numbers.join()
    print("Main thread finished")
