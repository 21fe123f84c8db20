"""Calls a function in another process that may be ended: what is handed in may make reading and comparing slow or large."""

from __future__ import annotations

import contextlib
import math
import multiprocessing
import os
import resource
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from types import ModuleType
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
_ROOM = 3 << 30  # bytes of address space beside what Python itself maps


class Exceeded(Exception):
    """Why a call was given up: ``took longer than 20 s``."""


def end_with(parent: int) -> None:
    """Let this process end when its parent does, whatever becomes of that."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _enter(parent: int) -> None:
    end_with(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the main process decides what an interrupt means
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (_ROOM if hard == resource.RLIM_INFINITY else min(_ROOM, hard), hard))


@contextlib.contextmanager
def bare_start() -> Iterator[None]:
    """A process that is started in here imports what it works with, and not the program that this one runs: that takes
    longer than grading a submission."""
    own = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = own


class Limited:
    """One process beside this one, started when it is first needed and after each call that had to be ended."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None
        self._loaded: set[Any] = set()

    def call(self, seconds: float, function: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
        """The function's value.

        Raises
        ------
        Exceeded
            When it takes too long, or ends its process.
        """
        try:
            pool = self._ready(function)
            return self._result(pool.submit(function, *given, **named), seconds)
        except TookTooLong:
            self.close()
            raise Exceeded(f"took longer than {seconds:g} s") from None
        except (BrokenProcessPool, MemoryError, RecursionError):
            self.close()
            raise Exceeded("took too much memory") from None

    def _result(self, future: Future[T], seconds: float) -> T:
        """What it gives. The process's own seconds count, not those of a busy machine; ten times as many are too long anyway."""
        until = self._spent() + seconds
        for _ in range(10):
            with contextlib.suppress(TookTooLong):
                return future.result(seconds)
            if self._spent() >= until:
                break
        raise TookTooLong

    def _spent(self) -> float:
        """Seconds of processor time that the process has had."""
        (pid,) = (self._pool._processes if self._pool else None) or (0,)
        try:
            words = (
                Path("/proc", str(pid), "stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
            )
            return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")
        except (OSError, ValueError, IndexError):
            return math.inf

    def _ready(self, function: Callable[..., Any]) -> ProcessPoolExecutor:
        """The process, with the function's module imported: on a busy machine that alone may take long."""
        if self._pool is None:
            # Threads and open databases do not survive a fork, so it starts afresh.
            self._pool = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), _enter, (os.getpid(),))
        if function not in self._loaded:
            with bare_start():
                first = self._pool.submit(callable, function)
            first.result()
            self._loaded.add(function)
        return self._pool

    def close(self) -> None:
        """End the process at once."""
        self._loaded.clear()
        if self._pool is None:
            return
        processes: list[Any] = list((self._pool._processes or {}).values())
        self._pool.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.kill()
            process.join()
        self._pool = None
