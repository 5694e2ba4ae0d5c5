"""The same program in Python: multiprocessing.Queue, and None as the sentinel."""

import multiprocessing
import sys
import time

CONSUME_TIME = 0.1  # seconds
BAD_NUMBER = 8  # the consumer that gets it crashes
NOTHING = -1


def consume(role, queue, working_on):
    while (number := queue.get()) is not None:
        working_on.value = number
        time.sleep(CONSUME_TIME)
        if number == BAD_NUMBER:
            sys.exit(3)  # a crash
        working_on.value = NOTHING
        say(f"[{role}] Received: {number}")
    say(f"[{role}] Done")


def say(line):
    # One write per line: print() would write the newline separately.
    print(line + "\n", end="", flush=True)


def share(numbers, roles):
    queue = multiprocessing.Queue(maxsize=1)
    consumers = []
    for role in roles:
        working_on = multiprocessing.Value("i", NOTHING)
        consumer = multiprocessing.Process(
            target=consume, name=role, args=[role, queue, working_on]
        )
        consumer.start()
        consumers.append((consumer, working_on))

    for number in numbers:
        queue.put(number)
    for _ in consumers:
        queue.put(None)  # a sentinel for each consumer

    lost = []
    for consumer, working_on in consumers:
        consumer.join()
        if consumer.exitcode != 0:
            say(f"[{consumer.name}] Ended with exit status: {consumer.exitcode}")
            lost.append(working_on.value)
    return lost


if __name__ == "__main__":
    say("Three consumers, a sentinel for each:")
    share(range(5), ["consumer-1", "consumer-2", "consumer-3"])

    say("Three consumers, and one of them crashes:")
    lost = share(range(5, 10), ["consumer-4", "consumer-5", "consumer-6"])
    say(f"Lost: {lost}")
