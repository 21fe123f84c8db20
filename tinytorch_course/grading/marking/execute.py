"""From a file that somebody handed in to what came of it: one after another, by a `Worker`."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path

from ..model import Executed, Job, Prepared, Source, Task, Worked
from ..sandbox.rooms import SandboxError
from ..sandbox.sandbox import Sandbox
from .explain import explain
from .limited import Exceeded, Limited
from .prepare import prepare
from .run import Ran, Run

_SECONDS = 30.0  # to read a notebook, and to compare what came of it


def some_fit(files: Iterable[bytes], source: Source) -> bool:
    """Whether one of these notebooks can be prepared, or takes so long that nobody knows."""
    limited = Limited()
    try:
        return any(limited.call(_SECONDS, prepare, data, source).refused is None for data in files)
    except Exceeded:
        return True
    finally:
        limited.close()


class Worker:
    """What is kept from one submission to the next: the sandbox, and the process that reads and compares.

    Parameters
    ----------
    job : Job
    scratch : path, optional
        Where the sandbox keeps its files.
    """

    def __init__(self, job: Job, scratch: Path | None = None) -> None:
        self.job, self._scratch = job, scratch
        self._limited = Limited()
        self._sandbox: Sandbox | None = None

    def work(self, task: Task) -> Worked:
        """Prepare, run and judge one submission. Never raises for what a student sends.

        Raises
        ------
        SandboxError
            When the sandbox does not start, twice.
        """
        began = time.monotonic()
        try:
            prepared = self._limited.call(_SECONDS, prepare, task.data, self.job.source)
        except Exceeded as error:
            prepared = Prepared(refused=f"reading the notebook {error}")
        spent = time.monotonic() - began
        if prepared.refused is not None:
            return Worked(task.student, prepared, None)
        ran = self._ran(prepared, task.files)
        began, job = time.monotonic(), self.job
        try:
            executed = self._limited.call(_SECONDS, explain, prepared, ran, job.source, job.key, job.known)
        except Exceeded as error:
            executed = Executed(problem=f"comparing what came of it {error}")
        executed.seconds |= {**ran.seconds, "prepare": spent, "judge": time.monotonic() - began}
        return Worked(task.student, prepared, executed)

    def _ran(self, prepared: Prepared, files: dict[str, str]) -> Ran:
        job = self.job
        for last in (False, True):
            try:
                return Run(prepared, job.source, self._room(), job.limits, files, job.seed, job.tests).whole()
            except SandboxError:
                self._leave()
                if last:
                    raise
        raise AssertionError

    def _room(self) -> Sandbox:
        if self._sandbox is None:
            job = self.job
            self._sandbox = Sandbox(
                job.library, job.source.preload, job.limits, hide=job.hide, enabled=job.sandbox, scratch=self._scratch
            )
        return self._sandbox

    def _leave(self) -> None:
        if self._sandbox is not None:
            self._sandbox.close()
            self._sandbox = None

    def close(self) -> None:
        """End what it has started."""
        self._limited.close()
        self._leave()
