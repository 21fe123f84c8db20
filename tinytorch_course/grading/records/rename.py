"""A class's table came later: what was graded under a platform's name moves to the id that the table gives."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path

from ...base.files import write_whole
from ..assignment import Assignment
from ..inbox.roster import Roster
from ..inbox.submission import Submission
from .gradebook import Recorder
from .results import stored_result, stored_results

_STEPS = ("submitted", "autograded", "feedback")


def names_of_before(ground: Assignment, roster: Roster, submissions: Iterable[Submission] = ()) -> dict[str, str]:
    """Ids under which somebody of the table was graded before, with the ids of now."""
    found = {}
    for result in stored_results(ground):
        person = roster.by_number(result.lms_id)
        if person is not None and not roster.has(result.student):
            found[result.student] = person.student
    for one in submissions:
        if one.before not in ("", one.student) and not one.team and not roster.has(one.before):
            found.setdefault(one.before, one.student)
    return {old: new for old, new in found.items() if old != new}


def rename(ground: Assignment, recorder: Recorder, names: dict[str, str]) -> list[str]:
    """Move results, points of people included, to other ids. Says what could not be moved."""
    remarks = []
    for old, new in names.items():
        stored = stored_result(ground.stored(old))
        if stored is None:
            continue
        if ground.stored(new).exists() or recorder.knows(new):
            remarks.append(
                f"{old} and {new} are one person in the table, and both have been graded: `--forget` takes one back."
            )
            continue
        recorder.rename(old, new)
        for step in _STEPS:
            _move(_folder(ground, step, old), _folder(ground, step, new))
        stored["result"]["student"] = new
        write_whole({ground.stored(new): json.dumps(stored, ensure_ascii=False)})
        ground.stored(old).unlink()
    return remarks


def _folder(ground: Assignment, step: str, student: str) -> Path:
    directory = ground.directory
    return Path(directory.format_path(getattr(directory, f"{step}_directory"), student, ground.assignment))


def _move(old: Path, new: Path) -> None:
    if old.is_dir() and not new.exists():
        new.parent.mkdir(parents=True, exist_ok=True)
        os.replace(old, new)
        if not any(old.parent.iterdir()):
            old.parent.rmdir()
