"""The same program in Python: queues, and a sentinel that ends the owner."""

import threading
import time
from queue import SimpleQueue

WORK_TIME = 0.01  # seconds

both_have_it = threading.Barrier(2)


class Account:
    """A handle. Python does not know when the last one is gone."""

    def __init__(self, balance):
        self.requests = SimpleQueue()
        self.result = None
        self.owner = threading.Thread(target=self.serve, args=[balance])
        self.owner.start()

    def balance(self):
        return self.ask("balance", None)

    def set_balance(self, balance):
        return self.ask("set balance", balance)

    def deposit(self, amount):
        return self.ask("deposit", amount)

    def close(self):
        self.requests.put(None)  # the sentinel

    def join(self):
        self.owner.join()
        return self.result

    def ask(self, what, value):
        answer = SimpleQueue()
        self.requests.put((what, value, answer))
        return answer

    def serve(self, balance):
        while (request := self.requests.get()) is not None:
            what, value, answer = request
            time.sleep(WORK_TIME)  # your work
            if what == "set balance":
                balance = value
            elif what == "deposit":
                balance += value
            answer.put(balance)
        self.result = balance


def get_then_set(account):
    balance = account.balance().get()
    both_have_it.wait()
    account.set_balance(balance + 10).get()


def two_tellers(name, work):
    account = Account(100)
    tellers = [threading.Thread(target=work, args=[account]) for _ in range(2)]
    for teller in tellers:
        teller.start()
    for teller in tellers:
        teller.join()
    account.close()
    print(f"{name}: {account.join()}")


if __name__ == "__main__":
    two_tellers("Get, then set", get_then_set)
    two_tellers("One message", lambda account: account.deposit(10).get())

    account = Account(100)
    answers = [account.deposit(amount) for amount in (10, 20, 30)]
    account.close()
    print("[main] sent three deposits")
    for answer in answers:
        print(f"[main] the balance is {answer.get()}")
    print(f"[main] the owner returns {account.join()}")
