"""The same program in Python: two locks in opposite order, then in one order."""

import multiprocessing
import threading
import time

FRIENDS = [("alice", 0, 1), ("bob", 1, 0)]  # who, from which account, to which
TRANSFERS = 3  # each
AMOUNT = 10
WORK = 0.05  # seconds for each transfer


class Bank:
    def __init__(self, balances):
        self.balances = balances
        self.locks = [threading.Lock() for _ in balances]

    def transfer(self, source, target, pause):
        with self.locks[min(source, target)]:
            pause()
            with self.locks[max(source, target)]:
                self.book(source, target)

    def transfer_in_any_order(self, source, target, pause):
        with self.locks[source]:
            pause()
            with self.locks[target]:
                self.book(source, target)

    def book(self, source, target):
        self.balances[source] -= AMOUNT
        self.balances[target] += AMOUNT


def say(line):
    # One write a line: print() would write the newline on its own.
    print(f"{line}\n", end="", flush=True)


def in_any_order(words, parents_end):
    parents_end.close()  # the copy of it that this process has
    bank = Bank([100, 100])
    both_hold_one = threading.Barrier(len(FRIENDS))

    def transfer(name, source, target):
        def pause():
            words.send((name, source, target))
            both_hold_one.wait()

        bank.transfer_in_any_order(source, target, pause)

    for friend in FRIENDS:
        threading.Thread(target=transfer, args=friend, daemon=True).start()
    try:
        words.recv()  # ends with the parent
    except EOFError:
        pass


def let_it_hang():
    words, childs_end = multiprocessing.Pipe()
    child = multiprocessing.Process(target=in_any_order, args=[childs_end, words])
    child.start()
    childs_end.close()
    holders, waiters = {}, {}
    while len(waiters) < len(FRIENDS):
        name, holds, wants = words.recv()
        say(f"[{name}] holds account {holds}, waits for account {wants}")
        holders[holds] = name
        waiters[name] = wants
    child.kill()
    child.join()
    waits = [
        f"{name} waits for {holders[waiters[name]]}" for name in sorted(waiters)
    ]
    print(f"Deadlock: {', '.join(waits)}")


def in_order():
    bank = Bank([100, 100])

    def transfers(name, source, target):
        for _ in range(TRANSFERS):
            bank.transfer(source, target, lambda: time.sleep(WORK))
            say(f"[{name}] moved {AMOUNT} to account {target}")

    friends = [
        threading.Thread(target=transfers, args=friend) for friend in FRIENDS
    ]
    for friend in friends:
        friend.start()
    for friend in friends:
        friend.join()
    done = len(FRIENDS) * TRANSFERS
    print(f"Lower number first: {done} transfers done, balances {bank.balances}")


if __name__ == "__main__":
    let_it_hang()
    in_order()
