"""The same program in Python: `with` gives a permit back, as a guard does."""

import threading
import time

PERMITS = 2


def main():
    semaphore = threading.BoundedSemaphore(PERMITS)
    two_there = threading.Barrier(PERMITS)  # so that jobs really overlap
    counting = threading.Lock()
    running = 0
    most = 0
    back = 0

    def job(number):
        nonlocal running, most
        with semaphore:
            say(f"[job-{number}] starts")
            with counting:
                running += 1
                most = max(most, running)
            two_there.wait()
            time.sleep(0.03)  # your work
            with counting:
                running -= 1
            finish(number)

    jobs = [threading.Thread(target=job, args=[number]) for number in range(1, 7)]
    for thread in jobs:
        thread.start()
    for thread in jobs:
        thread.join()
    print(f"At most {most} jobs at once")
    # It doesn't tell how many permits are free, so take them.
    while semaphore.acquire(blocking=False):
        back += 1
    print(f"{back} of {PERMITS} permits are back")

    lose_a_permit()


def lose_a_permit():
    """Broken: an exception between the two calls loses the permit."""
    semaphore = threading.Semaphore(1)

    def job():
        semaphore.acquire()
        say("[job-3] starts")
        finish(3)  # raises
        semaphore.release()

    job_3 = threading.Thread(target=job)
    job_3.start()
    job_3.join()

    if semaphore.acquire(timeout=0.1):
        print("By hand: job-4 has the permit")
    else:
        print("By hand: the permit is lost, job-4 waits forever")


def finish(number):
    if number == 3:
        say(f"[job-{number}] panics")
        raise RuntimeError("a bad job")


def say(line):
    # One write per line: print() would write the newline separately.
    print(line + "\n", end="", flush=True)


if __name__ == "__main__":
    # A traceback is all that Python makes of a thread's exception. Not here.
    threading.excepthook = lambda args: None
    main()
