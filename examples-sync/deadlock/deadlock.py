"""The same program in Python: the deadlock is left to daemon threads."""

import threading
import time

FRIENDS = [("alice", 0, 1), ("bob", 1, 0)]  # name, from which account, to which
AMOUNT = 10
WORK_TIME = 0.05  # seconds


class Bank:
    def __init__(self, balances):
        self.balances = balances
        self.locks = [threading.Lock() for _ in balances]

    def transfer(self, source, target, pause):
        with self.locks[min(source, target)]:
            pause()
            with self.locks[max(source, target)]:
                self.move_money(source, target)

    def transfer_in_any_order(self, source, target, pause):
        with self.locks[source]:
            pause()
            with self.locks[target]:
                self.move_money(source, target)

    def move_money(self, source, target):
        self.balances[source] -= AMOUNT
        self.balances[target] += AMOUNT

    def try_balances(self):
        return [self.try_balance(number) for number in range(len(self.locks))]

    def try_balance(self, number):
        if not self.locks[number].acquire(blocking=False):
            return None
        self.locks[number].release()
        return self.balances[number]


def one_order():
    bank = Bank([100, 100])

    def transfer(name, source, target):
        bank.transfer(source, target, lambda: time.sleep(WORK_TIME))
        say(f"[{name}] moved {AMOUNT} from account {source} to {target}")

    friends = [threading.Thread(target=transfer, args=args) for args in FRIENDS]
    for friend in friends:
        friend.start()
    for friend in friends:
        friend.join()
    print(f"One order: both are done, balances {bank.balances}")


def opposite_order():
    bank = Bank([100, 100])
    # Both friends and main: it opens when each friend holds an account.
    both_hold_one = threading.Barrier(len(FRIENDS) + 1)

    def transfer(name, source, target):
        def pause():
            say(f"[{name}] holds account {source}, needs account {target}")
            both_hold_one.wait()

        bank.transfer_in_any_order(source, target, pause)

    for args in FRIENDS:
        # Python would wait at the end for threads that are not daemons.
        threading.Thread(target=transfer, args=args, daemon=True).start()

    both_hold_one.wait()
    time.sleep(2 * WORK_TIME)  # far more than a transfer takes
    print(f"Opposite order: a deadlock, balances {bank.try_balances()}")


def say(line):
    # One write per line: print() would write the newline separately.
    print(line + "\n", end="", flush=True)


if __name__ == "__main__":
    one_order()
    opposite_order()
