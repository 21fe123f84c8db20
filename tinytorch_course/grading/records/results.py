"""Results that wait for the next run."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from ...base.files import write_whole
from ..assignment import Assignment
from ..model import Change, ExerciseResult, Job, SubmissionResult, Task

HAD = "had"  # in a stored result: points of before, while their change is not told


@functools.cache
def _code_key() -> str:
    """A fingerprint of the grader itself: results of another version are not taken over."""
    digest = hashlib.sha256()
    for path in sorted(p for p in Path(__file__).parents[2].rglob("*") if p.suffix in (".py", ".j2")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def result_key(task: Task, setting: Job, problem: str | None, repairs: Sequence[str]) -> str:
    parts = [_code_key(), setting.source.key, setting.library.key, repr(setting.limits), str(setting.sandbox)]
    parts += [setting.answers, setting.seed, json.dumps(dict(setting.known), sort_keys=True)]
    parts += [problem or "", *repairs, json.dumps(task.files, sort_keys=True)]
    digest = hashlib.sha256("\0".join(parts).encode("utf-8", "replace"))
    digest.update(b"none" if task.data is None else b"data" + task.data)
    return digest.hexdigest()


def stored_result(path: Path) -> dict[str, Any] | None:
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        return stored if {"key", "auto", "result"} <= stored.keys() else None
    except (OSError, ValueError, AttributeError):
        return None


# A class gets the same few thousand results again and again: each is kept once, and nobody writes in it.
_exercise = functools.lru_cache(1 << 15)(ExerciseResult)


def result_from(data: dict[str, Any]) -> SubmissionResult:
    exercises = [_exercise(**item) for item in data.pop("exercises")]
    return SubmissionResult(**data, exercises=exercises)


def told(ground: Assignment, changes: Iterable[Change]) -> None:
    """These changes have been told: the next run compares with the points of now."""
    for student in dict.fromkeys(change.student for change in changes):
        path = ground.stored(student)
        stored = stored_result(path)
        if stored is not None and stored.pop(HAD, None) is not None:
            write_whole({path: json.dumps(stored, ensure_ascii=False)})


def stored_results(ground: Assignment) -> Iterator[SubmissionResult]:
    """The results of the last run of this assignment, one after another."""
    for path in sorted(ground.store.glob("*.json")):
        if (stored := stored_result(path)) is not None:
            yield result_from(stored["result"])
