"""Calls a function in another process that may be ended: what is handed in may make reading and comparing slow or large."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import resource
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong
from concurrent.futures.process import BrokenProcessPool
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
            return pool.submit(function, *given, **named).result(seconds)
        except TookTooLong:
            self.close()
            raise Exceeded(f"took longer than {seconds:g} s") from None
        except (BrokenProcessPool, MemoryError, RecursionError):
            self.close()
            raise Exceeded("took too much memory") from None

    def _ready(self, function: Callable[..., Any]) -> ProcessPoolExecutor:
        """The process, with the function's module imported: on a busy machine that alone may take long."""
        if self._pool is None:
            # Threads and open databases do not survive a fork, so it starts afresh.
            self._pool = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), _enter, (os.getpid(),))
        if function not in self._loaded:
            self._pool.submit(callable, function).result()
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
