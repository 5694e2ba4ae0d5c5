"""The same program in Python: a multiprocessing queue has no end but a sentinel."""

import multiprocessing
import sys
import time

CAPACITY = 3
NUMBERS = range(5)
CONSUME_TIME = 0.1  # seconds
PATIENCE = 1.0  # seconds: a consumer that is done has ended by then


def consume(queue):
    while (number := queue.get()) is not None:
        time.sleep(CONSUME_TIME)
        say(f"Received: {number}")
        queue.task_done()
    say("Done")
    queue.task_done()


def produce_and_die(queue):
    for number in NUMBERS[:2]:
        queue.put(number)
    sys.exit(3)


def say(words, name=None):
    # One write a line: print() would write the newline on its own.
    name = name or multiprocessing.current_process().name
    print(f"[{name}] {words}\n", end="", flush=True)


def put_numbers(queue, sentinels):
    for item in [*NUMBERS, *[None] * sentinels]:
        queue.put(item)


def let_a_producer_die(queue):
    producer = multiprocessing.Process(target=produce_and_die, args=[queue])
    producer.start()
    producer.join()
    say(f"Ended with exit status: {producer.exitcode}", "producer")


def share(count, put, *args):
    queue = multiprocessing.JoinableQueue(maxsize=CAPACITY)
    consumers = [
        multiprocessing.Process(
            name=f"consumer-{number}", target=consume, args=[queue]
        )
        for number in range(1, count + 1)
    ]
    for consumer in consumers:
        consumer.start()
    put(queue, *args)
    queue.join()  # everything that was put is consumed
    for consumer in consumers:
        consumer.join(timeout=PATIENCE)
        if consumer.is_alive():  # and would be for ever: get() never returns
            say("no sentinel came", consumer.name)
            consumer.terminate()
            consumer.join()


if __name__ == "__main__":
    print("One consumer, one sentinel:", flush=True)
    share(1, put_numbers, 1)
    print("Three consumers, three sentinels:", flush=True)
    share(3, put_numbers, 3)
    print("Three consumers, two sentinels:", flush=True)
    share(3, put_numbers, 2)
    print("One consumer, and a producer that dies:", flush=True)
    share(1, let_a_producer_die)
