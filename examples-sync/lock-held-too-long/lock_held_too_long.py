"""The same in Python: what `with` holds, and the same two pools."""

import queue
import threading
import time

WORKERS = 2
JOBS = 4
WORK_TIME = 0.02  # seconds


def print_forms():
    lock = threading.Lock()
    with lock:
        look(lock, "inside  with lock:")
    look(lock, "after   with lock:")
    lock.acquire()
    look(lock, "after   lock.acquire()")
    lock.release()
    look(lock, "after   lock.release()")


def look(lock, form):
    free = lock.acquire(blocking=False)
    if free:
        lock.release()
    print("free" if free else "held", form)


class RunningJobs:
    def __init__(self):
        self.now = 0
        self.most = 0
        self.changed = threading.Condition()

    def run(self, work_time, patience):
        with self.changed:
            self.now += 1
            self.most = max(self.most, self.now)
            self.changed.notify_all()
            self.changed.wait_for(lambda: self.most > 1, patience)
        time.sleep(work_time)  # your work
        with self.changed:
            self.now -= 1


def work(jobs, lock, run):
    while True:
        with lock:
            if jobs.empty():
                return
            job = jobs.get()
        run(job)


def work_under_the_lock(jobs, lock, run):
    while True:
        with lock:
            if jobs.empty():
                return
            job = jobs.get()
            run(job)  # only an indent further


def most_at_once(work, patience):
    jobs = queue.SimpleQueue()
    for _ in range(JOBS):
        jobs.put(WORK_TIME)
    lock = threading.Lock()
    running = RunningJobs()

    def run(job):
        running.run(job, patience)

    workers = [
        threading.Thread(target=work, args=[jobs, lock, run])
        for _ in range(WORKERS)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return running.most


if __name__ == "__main__":
    print_forms()
    most = most_at_once(work_under_the_lock, WORK_TIME)
    print(f"Pool that runs jobs inside the with: {most} job at a time")
    most = most_at_once(work, 60)
    print(f"Pool that runs jobs after the with: {most} jobs at a time")
