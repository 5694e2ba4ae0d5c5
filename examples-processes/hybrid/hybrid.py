"""The same program in Python: a pool of threads in each process of a pool."""

import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

ORDERS = 12
PROCESSES = 2
THREADS = 3  # in each process
LOADING_TIME = 0.1  # seconds
QUERY_TIME = 0.2


def shares(whole, parts):
    bounds = [part * len(whole) // parts for part in range(parts + 1)]
    return [whole[a:b] for a, b in zip(bounds, bounds[1:])]


def serve(process, orders):
    prices = load_prices()  # once: the threads of this process share it

    def work(thread, share):
        actor = f"process-{process} thread-{thread}"
        return [book(order, prices, actor) for order in share]

    with ThreadPoolExecutor(THREADS) as threads:
        results = threads.map(work, range(1, THREADS + 1), shares(orders, THREADS))
        return [amount for share in results for amount in share]


def load_prices():
    time.sleep(LOADING_TIME)
    return [5, 8, 12, 20]


def book(order, prices, actor):
    time.sleep(QUERY_TIME)
    amount = order * prices[order % len(prices)]
    # One write per line: print() would write the newline separately.
    print(f"[{actor}] Order {order}: {amount} euros\n", end="", flush=True)
    return amount


if __name__ == "__main__":
    orders = range(1, ORDERS + 1)
    with ProcessPoolExecutor(PROCESSES) as processes:
        results = processes.map(
            serve, range(1, PROCESSES + 1), shares(orders, PROCESSES)
        )
        amounts = [amount for share in results for amount in share]
    print(f"Amounts: {amounts}")
    print(f"Total: {sum(amounts)} euros")
