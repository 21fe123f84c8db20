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

    def call(self, seconds: float, function: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
        """The function's value.

        Raises
        ------
        Exceeded
            When it takes too long, or ends its process.
        """
        if self._pool is None:
            # Threads and open databases do not survive a fork, so it starts afresh.
            self._pool = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), _enter, (os.getpid(),))
            self._pool.submit(os.getpid).result()  # its start takes no part in the time
        try:
            return self._pool.submit(function, *given, **named).result(seconds)
        except TookTooLong:
            self.close()
            raise Exceeded(f"took longer than {seconds:g} s") from None
        except (BrokenProcessPool, MemoryError, RecursionError):
            self.close()
            raise Exceeded("took too much memory") from None

    def close(self) -> None:
        """End the process at once."""
        if self._pool is None:
            return
        processes: list[Any] = list((self._pool._processes or {}).values())
        self._pool.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.kill()
            process.join()
        self._pool = None
