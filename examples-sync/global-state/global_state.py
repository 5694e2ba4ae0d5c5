"""The same program in Python: variables of a module, and threading.local()."""

import functools
import threading

greeted = 0
greeted_lock = threading.Lock()
language = None  # set once, before the threads start
here = threading.local()


class Guests:
    def __init__(self):
        self.names = []
        self.lock = threading.Lock()

    def add(self, name):
        with self.lock:
            self.names.append(name)

    def count(self):
        with self.lock:
            return len(self.names)

    def clear(self):
        with self.lock:
            self.names.clear()


guests = Guests()


@functools.cache
def greetings():
    return {"en": "Hello", "fr": "Bonjour"}


def greeted_here():
    # Every thread begins without the attribute.
    return getattr(here, "greeted", 0)


def greet(name):
    global greeted
    with greeted_lock:
        greeted += 1
    here.greeted = greeted_here() + 1
    guests.add(name)
    return f"{greetings()[language]}, {name}!"


def greet_two(thread, first, second):
    say(f"[thread-{thread}] {greet(first)} {greet(second)}")
    say(f"[thread-{thread}] own count: {greeted_here()}")


def run_tests(number, next_step):
    in_global = test(guests, next_step)
    in_own = test(Guests(), next_step)
    say(f"[test-{number}] expected 1, global: {in_global}")
    say(f"[test-{number}] expected 1, its own: {in_own}")


def test(guests, next_step):
    guests.clear()
    next_step.wait()
    guests.add("Ada")
    next_step.wait()
    return guests.count()


def say(line):
    # One write per line: print() would write the newline separately.
    print(line + "\n", end="", flush=True)


def run_threads(target, all_args):
    threads = [threading.Thread(target=target, args=args) for args in all_args]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    language = "fr"

    run_threads(greet_two, [(1, "Ada", "Alan"), (2, "Grace", "Bob")])
    print(f"Atomic: {greeted}")
    print(f"Mutex: {guests.count()}")
    print(f"thread_local!, as main sees it: {greeted_here()}")

    next_step = threading.Barrier(2)
    run_threads(run_tests, [(1, next_step), (2, next_step)])
