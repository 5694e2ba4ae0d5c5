"""The same program in Python: signal.signal, and a SimpleQueue for what happens."""

import os
import queue
import signal
import subprocess
import sys
import threading
import time

WORKERS = 2
SAME_REQUEST = 0.1  # seconds
LAST_MOMENT = 2
AN_HOUR = 3_600_000  # milliseconds


def parent():
    print("Jobs of 20 ms, and 2 s to stop:")
    run_and_stop(20, 2_000, 1)
    print("Jobs of an hour, and 0.2 s to stop:")
    run_and_stop(AN_HOUR, 200, 1)
    print("Jobs of an hour, 2 s to stop, and a second request:")
    run_and_stop(AN_HOUR, 2_000, 2)


def run_and_stop(job_time, grace, requests):
    service = spawn("service", job_time, grace)
    service.stdin.write("1\n2\n3\n4\n5\n")
    service.stdin.flush()
    lost = [1, 2, 3, 4, 5]
    for line in service.stdout:
        actor, *words = line.split()
        print(f"[{actor}] {' '.join(words)}", flush=True)
        if words == ["begins", "2"]:  # both workers have a job
            service.terminate()  # sends SIGTERM
        elif words == ["is", "stopping"] and requests == 2:
            time.sleep(0.15)
            service.terminate()
        elif words[0] in ("finishes", "returns"):
            lost.remove(int(words[1]))
    print(f"exit status: {service.wait()}, lost: {lost}")
    service.communicate()


def spawn(*args):
    return subprocess.Popen(
        [sys.executable, __file__, *map(str, args)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def on_request(grace, stop, give_up):
    first = None

    def handler(signum, frame):
        # Python calls this in the main thread, between two steps of it. It must not
        # wait for anything that the main thread holds.
        nonlocal first
        now = time.monotonic()
        if first is None:
            first = now
            stop()
            end_after(grace, give_up)
        elif now - first > SAME_REQUEST:
            end_after(0, give_up)

    for signum in [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]:
        signal.signal(signum, handler)


def end_after(grace, give_up):
    def end():
        time.sleep(grace)
        give_up()
        time.sleep(LAST_MOMENT)  # usually, the program ends meanwhile
        os._exit(1)

    threading.Thread(target=end, daemon=True).start()


def service(job_time, grace):
    events = queue.SimpleQueue()  # its put() may interrupt another one
    workers = []

    def give_up():
        for worker in workers:
            worker.kill()

    grace = int(grace) / 1000
    on_request(grace, lambda: events.put(("stop", None)), give_up)
    for _ in range(WORKERS):
        workers.append(spawn("worker", job_time))

    def read_jobs():
        for line in sys.stdin:
            events.put(("job", int(line)))
        events.put(("stop", None))
        end_after(grace, give_up)

    threading.Thread(target=read_jobs, daemon=True).start()
    jobs = queue.SimpleQueue()
    stopping = threading.Event()
    for number, worker in enumerate(workers, 1):
        args = [number, worker, jobs, stopping, events]
        threading.Thread(target=work, args=args).start()

    at_work = WORKERS
    while at_work > 0:
        kind, job = events.get()
        if kind == "worker ended":
            at_work -= 1
        elif kind == "job" and not stopping.is_set():
            jobs.put(job)
        elif kind == "job":
            log(f"service returns {job}")
        elif not stopping.is_set():
            log("service is stopping")
            stopping.set()
            while not jobs.empty():
                log(f"service returns {jobs.get()}")
            for _ in range(WORKERS):
                jobs.put(None)  # wakes a worker that waits for a job
    log("service ends")
    sys.stdout.flush()
    os._exit(0)  # the thread that reads jobs cannot be stopped


def work(number, worker, jobs, stopping, events):
    while not stopping.is_set():
        job = jobs.get()
        if job is None:
            break
        log(f"worker-{number} begins {job}")
        stopping.wait()  # only so that the request comes while a job is in work
        if not work_on(worker, job):
            log(f"worker-{number} returns {job}")
            break
        log(f"worker-{number} finishes {job}")
    worker.communicate()  # closes its input, and waits
    log(f"worker-{number} ends")
    events.put(("stop", None))
    events.put(("worker ended", None))


def work_on(worker, job):
    try:
        worker.stdin.write(f"{job}\n")
        worker.stdin.flush()
        return worker.stdout.readline() == f"{job}\n"
    except BrokenPipeError:
        return False  # its process was killed


def log(event):
    # One write per line: print() would write the newline separately.
    print(event + "\n", end="", flush=True)


def run_worker(job_time):
    for signum in [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]:
        signal.signal(signum, signal.SIG_IGN)
    jobs = queue.SimpleQueue()

    def read_jobs():
        for line in sys.stdin:
            jobs.put(line)
        os._exit(0)

    threading.Thread(target=read_jobs, daemon=True).start()
    while True:
        job = jobs.get()
        time.sleep(int(job_time) / 1000)  # your work
        print(job, end="", flush=True)


if __name__ == "__main__":
    if len(sys.argv) == 1:
        parent()
    else:
        roles = {"service": service, "worker": run_worker}
        roles[sys.argv[1]](*sys.argv[2:])
