"""Which of a student's several submissions counts."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace

from .choice import answered
from .names import plain_name, shown
from .safe_reading import may_come_along
from .submission import Submission


def latest(group: Sequence[Submission], notebook: str, stubs: Mapping[str, str]) -> Submission:
    """The one that counts of a student's submissions; a person has to say where nothing else does."""
    if len(group) == 1:
        return group[0]
    places = [place for submission in group for place in submission.places]
    files = [submission for submission in group if submission.path is not None]
    if not files:
        chosen = replace(group[0], places=places)
        chosen.problem = "; ".join(dict.fromkeys(submission.problem or "" for submission in group))
        return chosen
    # Moodle has a folder of its own for the text that a student typed, Canvas a file for each that was handed in.
    beside = [s for s in group if s.path is None and (s.by_platform or s.moodle_folder)]
    extras = {s.own_name: s.places[0] for s in beside if may_come_along(s.own_name) and s.places[0].is_file()}
    number = len(group) - len(beside)
    files = _with_answers(files, stubs)
    files = [s for s in files if not s.own_name or plain_name(s.own_name) == notebook] or files
    orders = [submission.order for submission in files]
    kinds = {order[0] if order else None for order in orders}
    times = [order[1] for order in orders if order]
    chosen, why = files[0], ""
    if len(files) == 1:
        pass
    elif _same_content(files):
        why = ", all the same"
    elif len(kinds) == 1 and None not in kinds and times.count(max(times)) == 1:
        chosen = files[times.index(max(times))]
        why = f", the latest by {orders[0][0] if orders[0] else ''}"
    else:
        chosen = replace(chosen, path=None, repairs=[], timestamp=None, extras={}, places=places)
        chosen.problem = (
            f"handed in {len(files)} times ({_listed(files)}), and nothing says which is the latest: keep one"
        )
        return chosen
    others = [submission for submission in group if submission is not chosen and submission not in beside]
    if others:
        text = f"handed in {number} times; {shown(chosen.name)} is graded{why}, not {_listed(others)}"
        chosen.repairs.append(text)
    chosen.places, chosen.extras = places, extras | chosen.extras
    return chosen


def _listed(submissions: Sequence[Submission]) -> str:
    return ", ".join(shown(one.name) for one in submissions[:4]) + (", …" if len(submissions) > 4 else "")


def _with_answers(files: list[Submission], stubs: Mapping[str, str]) -> list[Submission]:
    """Those that are of the assignment, and of these those in which somebody has answered."""
    if len(files) == 1:
        return files
    marks = [-2 if (data := submission.read()) is None else answered(data, stubs) for submission in files]
    level = 1 if max(marks) > 0 else max(marks)
    return [one for one, mark in zip(files, marks) if mark >= level]


def _same_content(submissions: Sequence[Submission]) -> bool:
    first = None
    for submission in submissions:
        data = submission.read()
        if data is None:
            return False
        digest = hashlib.sha256(data).digest()
        if first is not None and digest != first:
            return False
        first = digest
    return True
