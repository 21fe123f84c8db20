"""Lets workers grade many submissions at a time: in processes of this machine, or on a Dask cluster.

Both are `concurrent.futures` executors. What is handed to them at a time is bounded, so that memory is too. When a worker
dies, its submissions are tried again, one by one; the one that takes its worker down a second time is given up.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import pickle
import signal
import sys
import threading
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.util import Finalize
from pathlib import Path
from typing import Any, Protocol

from ...base.errors import CourseError
from ..model import Job, Task, Worked
from ..sandbox.rooms import Scratch
from .execute import Worker
from .limited import bare_start, end_with

_FILE = "setting.pickle"
_QUIET = "ignore:resource_tracker:UserWarning"


class _Mine(threading.local):
    """The worker of this process of the pool, or of this thread of a Dask worker: an executor hands over no object."""

    worker: Worker | None = None

    def start(self, job: Job, scratch: Path | None = None) -> Worker:
        self.end()
        self.worker = Worker(job, scratch)
        return self.worker

    def end(self) -> None:
        if self.worker is not None:
            self.worker.close()
            self.worker = None


_MINE = _Mine()


class WorkerDied(Exception):
    """The process that executed a submission ended."""


def _enter(parent: int, scratch: str) -> None:
    """First thing in each process of the pool. What all submissions share comes in a file: a large argument would make
    one process wait for the start of the other."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the main process decides what an interrupt means
    end_with(parent)
    _MINE.start(pickle.loads(Path(scratch, _FILE).read_bytes()), Path(scratch))
    Finalize(None, _MINE.end, exitpriority=10)


def _work(task: Task) -> Worked:
    assert _MINE.worker is not None
    return _MINE.worker.work(task)


def _work_on_cluster(task: Task, job: Job) -> Worked:
    mine = _MINE.worker
    if mine is None or (mine.job is not job and mine.job != job):
        mine = _MINE.start(job)
    return mine.work(task)


class Backend(Protocol):
    """Where submissions are executed."""

    width: int

    def submit(self, task: Task) -> Future[Worked]: ...

    def restart(self) -> None: ...

    def close(self, now: bool = False) -> None: ...

    def is_death(self, error: BaseException) -> bool: ...


@contextlib.contextmanager
def _uninterrupted() -> Iterator[None]:
    """Who presses Ctrl-C twice wants an end, which is what happens in here."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


class LocalProcesses:
    """A pool of processes on this machine."""

    def __init__(self, setting: Job, workers: int) -> None:
        self.width = workers
        self._scratch = Scratch()
        (self._scratch.path / _FILE).write_bytes(pickle.dumps(setting))
        self._pool = self._new()

    def _new(self) -> ProcessPoolExecutor:
        # A worker that is ended leaves semaphores. Python's tracker removes them, and would tell a person of it.
        if _QUIET not in sys.warnoptions:
            sys.warnoptions.append(_QUIET)
        # Threads and open databases do not survive a fork, so workers start afresh.
        context = multiprocessing.get_context("spawn")
        try:
            return ProcessPoolExecutor(self.width, context, _enter, (os.getpid(), str(self._scratch.path)))
        except (OSError, ImportError) as error:  # its locks are semaphores of the system
            raise CourseError(
                f"this machine gives processes no lock to share: {error}", "Python needs /dev/shm, writable for you."
            ) from None

    def submit(self, task: Task) -> Future[Worked]:
        with bare_start():
            return self._pool.submit(_work, task)

    def restart(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._pool = self._new()

    def close(self, now: bool = False) -> None:
        processes = list((self._pool._processes or {}).values()) if now else []
        with _uninterrupted() if now else contextlib.nullcontext():
            self._pool.shutdown(wait=not now, cancel_futures=True)
            for process in processes:
                with contextlib.suppress(OSError, ValueError):
                    process.kill()
                    process.join()
            self._scratch.close()

    def is_death(self, error: BaseException) -> bool:
        return isinstance(error, BrokenProcessPool)

    @property
    def pids(self) -> list[int]:
        return list(self._pool._processes or {})


class DaskCluster:
    """The workers of a Dask cluster. Each needs this package and bubblewrap."""

    def __init__(self, setting: Job, address: str) -> None:
        try:
            from distributed import Client
        except ImportError:
            raise CourseError(
                "grading on a Dask cluster needs the package distributed", "pip install -e '.[cluster]'"
            ) from None
        try:
            self._client = Client(address, timeout="15s", set_as_default=False)
        except (OSError, ValueError, TimeoutError) as error:
            raise CourseError(f"no Dask scheduler answers at {address}", f"Is it running? ({error})") from None
        threads = sum(self._client.nthreads().values())
        if not threads:
            self._client.close()
            raise CourseError(f"the Dask scheduler at {address} has no workers", f"Start some: dask worker {address}")
        self.width = threads
        self._setting = self._client.scatter(setting, broadcast=True, hash=False)
        self._executor: Executor = self._client.get_executor(pure=False, retries=0)

    def submit(self, task: Task) -> Future[Worked]:
        return self._executor.submit(_work_on_cluster, task, self._setting)

    def restart(self) -> None:
        """Dask replaces a dead worker by itself."""

    def close(self, now: bool = False) -> None:
        self._executor.shutdown(wait=not now)
        self._client.close()

    def is_death(self, error: BaseException) -> bool:
        return type(error).__name__ in (
            "KilledWorker",
            "CommClosedError",
            "LostWorkerError",
            "FutureCancelledError",
            "CancelledError",
        )


def run_all(tasks: Iterable[Task], backend: Backend) -> Iterator[tuple[Task, Worked | Exception]]:
    """Execute all tasks, in the order in which they end.

    An error in place of a `Worked` means that this submission could not be executed, for a reason that lies in the machinery.
    """
    queue = _Queue(iter(tasks), backend)
    while queue.fill():
        yield from queue.ended()


class _Queue:
    """Submissions under way, and those that are suspected of taking a worker down."""

    def __init__(self, source: Iterator[Task], backend: Backend) -> None:
        self._source, self._backend = source, backend
        self._waiting: dict[Future[Worked], Task] = {}
        self._suspects: deque[Task] = deque()  # were under way when a worker died: tried again alone
        self._fallen: Counter[str] = Counter()  # how often a submission took its worker down while it ran alone
        self._exhausted = False

    def fill(self) -> bool:
        """Hand over as much as may be under way; False when there is nothing left."""
        if self._suspects:
            if not self._waiting:
                self._waiting[self._backend.submit(self._suspects[0])] = self._suspects[0]
            return True
        while not self._suspects and not self._exhausted and len(self._waiting) < self._backend.width + 2:
            task = next(self._source, None)
            if task is None:
                self._exhausted = True
                break
            try:
                self._waiting[self._backend.submit(task)] = task
            except BrokenProcessPool:  # died between two submissions
                self._backend.restart()
                self._suspects.append(task)
        return bool(self._waiting or self._suspects)

    def ended(self) -> Iterator[tuple[Task, Worked | Exception]]:
        """Wait for something to end, and sort out what has."""
        done, _ = wait(self._waiting, return_when=FIRST_COMPLETED)
        deaths: list[Task] = []
        for future in done:
            task = self._waiting.pop(future)
            error = future.exception() if not future.cancelled() else WorkerDied("cancelled")
            if error is not None and (self._backend.is_death(error) or isinstance(error, WorkerDied)):
                deaths.append(task)
                continue
            if self._suspects and self._suspects[0] is task:
                self._suspects.popleft()
            if error is None:
                yield task, future.result()
            else:
                yield task, error if isinstance(error, Exception) else WorkerDied(str(error))
        if deaths:
            yield from self._bury(deaths)

    def _bury(self, deaths: list[Task]) -> Iterator[tuple[Task, Worked | Exception]]:
        """A worker died: one that ran alone was no bystander, all others are suspects now."""
        if self._suspects and self._suspects[0] in deaths:
            self._fallen[self._suspects[0].student] += 1
            if self._fallen[self._suspects[0].student] == 2:
                yield self._suspects.popleft(), WorkerDied("the process that executed it ended, twice")
            self._backend.restart()
            return
        if isinstance(self._backend, LocalProcesses):  # a pool that broke takes everything in it along
            for future, task in list(self._waiting.items()):
                wait([future], timeout=30)
                del self._waiting[future]
                if future.done() and not future.cancelled() and future.exception() is None:
                    yield task, future.result()
                else:
                    deaths.append(task)
        self._suspects.extend(deaths)
        self._backend.restart()


def scheduler_backend(setting: Job, workers: int | None, scheduler: str | None) -> Any:
    """The backend that was asked for."""
    if scheduler:
        return DaskCluster(setting, scheduler)
    count = (
        workers
        if workers is not None
        else len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count() or 1
    )
    if count < 1:
        raise CourseError(f"{count} workers cannot grade anything", "Ask for at least one.")
    return LocalProcesses(setting, count)
