"""Grades a class: safely, in parallel, resumable.

prepare (`prepare.py`)
    reads and repairs a submission; nothing of it runs.
execute (`execute.py`, `kernel.py`, `judge.py`, `sandbox.py`, `inside.py`)
    runs it in a kernel inside bubblewrap, in a process of a pool or on a Dask worker.
record (`record.py`, `pages.py`)
    one writer: nbgrader's gradebook, the autograded notebook, the student's feedback.

`pipeline.py` puts the three together. Names are looked up on first use, since the processes that execute need neither
nbgrader nor its database.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .model import ClassResult, ExerciseResult, Limits, SubmissionResult
    from .pipeline import feedback, grade

__all__ = ["ClassResult", "ExerciseResult", "Limits", "SubmissionResult", "feedback", "grade"]

_HOME = {
    **dict.fromkeys(("feedback", "grade"), "pipeline"),
    **dict.fromkeys(("ClassResult", "ExerciseResult", "Limits", "SubmissionResult"), "model"),
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f".{_HOME[name]}", __name__), name)
    globals()[name] = value
    return value
