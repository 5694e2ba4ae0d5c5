"""The same in Python: no lock is ever poisoned, and the half change stays."""

import threading


class Ledger:
    def __init__(self):
        self.lock = threading.Lock()
        self.entries = []
        self.total = 0

    def add(self, amount, print_receipt):
        with self.lock:
            self.add_entry(amount, print_receipt)

    def add_or_repair(self, amount, print_receipt):
        with self.lock:
            try:
                self.add_entry(amount, print_receipt)
            except BaseException:
                self.total = sum(self.entries)
                raise

    def add_entry(self, amount, print_receipt):
        self.entries.append(amount)
        print_receipt()
        self.total += amount


def three_clerks(way, add):
    print(f"{way}:")
    ledger = Ledger()
    run("clerk-1", lambda: add(ledger, 100, print_receipt))
    run("clerk-2", lambda: add(ledger, 20, jam))
    run("clerk-3", lambda: add(ledger, 3, print_receipt))
    total = sum(ledger.entries)
    verdict = "right" if total == ledger.total else "wrong"
    print(f"  entries of {total}, total {ledger.total}: {verdict}")


def run(name, work):
    def report():
        try:
            work()
            print(f"[{name}] is done")
        except RuntimeError as error:
            print(f"[{name}] raised: {error}")

    thread = threading.Thread(target=report)
    thread.start()
    thread.join()


def print_receipt():
    pass


def jam():
    raise RuntimeError("the printer jams")


if __name__ == "__main__":
    three_clerks("Go on anyway", Ledger.add)
    three_clerks("Repair, then go on", Ledger.add_or_repair)
