"""The same program in Python: multiprocessing.Queue is the queue."""

import multiprocessing
import random
import time

NUMBERS = 10
CAPACITY = 3
PRODUCE_TIME = 0.1  # seconds
CONSUME_TIME = 0.2


def produce(queue):
    for _ in range(NUMBERS):
        time.sleep(PRODUCE_TIME)
        number = random.randint(1, 100)
        queue.put(number)
        say("Produced", number)
    queue.put(None)  # the sentinel: no more will come


def consume(queue):
    while (number := queue.get()) is not None:
        time.sleep(CONSUME_TIME)
        say("Consumed", number)


def say(what, number):
    # One write a line: print() would write the newline on its own.
    name = multiprocessing.current_process().name
    print(f"[{name}] {what}: {number}\n", end="", flush=True)


if __name__ == "__main__":
    queue = multiprocessing.Queue(maxsize=CAPACITY)
    producer = multiprocessing.Process(
        name="producer", target=produce, args=[queue]
    )
    consumer = multiprocessing.Process(
        name="consumer", target=consume, args=[queue]
    )
    producer.start()
    consumer.start()
    producer.join()
    consumer.join()
    print("Both processes completed")
