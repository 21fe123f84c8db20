"""From a file that somebody handed in to what came of it: `work` is what a process of the pool or a Dask worker gets."""

from __future__ import annotations

import threading
import time

from ..model import Executed, Job, Prepared, Task, Worked
from ..sandbox.rooms import SandboxError
from ..sandbox.sandbox import Sandbox
from .explain import explain
from .limited import Exceeded, Limited
from .prepare import prepare
from .run import Ran, Run

_SECONDS = 30.0  # to read a notebook, and to compare what came of it
_OWN = threading.local()


def work(task: Task, setting: Job) -> Worked:
    """Prepare, run and judge one submission. Never raises for what a student sends.

    Raises
    ------
    SandboxError
        When the sandbox does not start, twice.
    """
    began = time.monotonic()
    limited = _limited()
    try:
        prepared = limited.call(_SECONDS, prepare, task.data, setting.source)
    except Exceeded as error:
        prepared = Prepared(refused=f"reading the notebook {error}")
    spent = time.monotonic() - began
    if prepared.refused is not None:
        return Worked(task.student, prepared, None)
    ran = _ran(prepared, setting, task.files)
    began = time.monotonic()
    try:
        executed = limited.call(_SECONDS, explain, prepared, ran, setting.source, setting.key)
    except Exceeded as error:
        executed = Executed(problem=f"comparing what came of it {error}")
    executed.seconds |= {**ran.seconds, "prepare": spent, "judge": time.monotonic() - began}
    return Worked(task.student, prepared, executed)


def _ran(prepared: Prepared, setting: Job, files: dict[str, str]) -> Ran:
    for last in (False, True):
        sandbox = Sandbox.shared(setting.library, setting.source.preload, setting.limits, setting.hide, setting.sandbox)
        try:
            return Run(prepared, setting.source, sandbox, setting.limits, files, setting.seed).whole()
        except SandboxError:
            Sandbox.close_shared()
            if last:
                raise
    raise AssertionError


def _limited() -> Limited:
    if not hasattr(_OWN, "limited"):
        _OWN.limited = Limited()
    return _OWN.limited


def close() -> None:
    """End what this thread has started."""
    if hasattr(_OWN, "limited"):
        _OWN.limited.close()
        del _OWN.limited
    Sandbox.close_shared()
