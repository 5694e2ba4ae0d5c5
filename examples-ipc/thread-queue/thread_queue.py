"""The same program in Python: queue.Queue, and a sentinel for each consumer."""

import queue
import threading
import time

CAPACITY = 3
PRODUCERS = 2
CONSUMERS = 3
ITEMS = 6  # a producer
PRODUCE_TIME = 0.01  # seconds
CONSUME_TIME = 0.1
PATIENCE = 0.1


def produce(number, items, stuck):
    patient = True
    for item in range((number - 1) * ITEMS + 1, number * ITEMS + 1):
        time.sleep(PRODUCE_TIME)
        try:
            items.put(item, timeout=PATIENCE if patient else None)
        except queue.Full:
            say("No room for 100 ms")
            stuck.release()
            patient = False
            items.put(item)
        say(f"Produced: {item}")


def consume(items, consumed):
    while (item := items.get()) is not None:
        time.sleep(CONSUME_TIME)
        say(f"Consumed: {item}")
        consumed.append(item)


def say(words):
    # One write a line: print() would write the newline on its own.
    print(f"[{threading.current_thread().name}] {words}\n", end="", flush=True)


if __name__ == "__main__":
    items = queue.Queue(maxsize=CAPACITY)
    stuck = threading.Semaphore(0)
    consumed = []  # append() is atomic

    producers = [
        threading.Thread(
            name=f"producer-{n}", target=produce, args=[n, items, stuck]
        )
        for n in range(1, PRODUCERS + 1)
    ]
    consumers = [
        threading.Thread(
            name=f"consumer-{n}", target=consume, args=[items, consumed]
        )
        for n in range(1, CONSUMERS + 1)
    ]
    for producer in producers:
        producer.start()
    for _ in producers:
        stuck.acquire()
    for consumer in consumers:
        consumer.start()
    for producer in producers:
        producer.join()
    for _ in consumers:
        items.put(None)  # the sentinel, for each of them
    for consumer in consumers:
        consumer.join()

    once = sorted(consumed) == list(range(1, PRODUCERS * ITEMS + 1))
    print(f"Items: {PRODUCERS * ITEMS}, each consumed once: {str(once).lower()}")
    print(f"Left in the queue: {items.qsize()}")
