"""Which of several notebooks is the one: what they hold says it, and after that their names."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from .names import notebook_stem, plain_name, shown
from .safe_reading import Unreadable

_LARGEST_TOGETHER = 256 << 20  # bytes that are read closely to choose
_GRADE_ID = re.compile(rb'"grade_id":\s*"([^"\\]{1,120})"')
_ANOTHERS, _UNKNOWN = -1, -2


@dataclass(frozen=True)
class Candidate:
    """A notebook that may be the one. `name` is its path below the student's folder or in the archive."""

    name: str
    read: Callable[[], bytes]

    @property
    def path(self) -> PurePosixPath:
        return PurePosixPath(self.name)


def grade_ids(data: bytes) -> set[str]:
    """The grade ids that stand in a file, whatever it is."""
    return {name.decode("utf-8", "replace") for name in _GRADE_ID.findall(data)}


def answered(data: bytes, stubs: Mapping[str, str]) -> int:
    """How many of the assignment's answers differ from what was handed out; -1 for another assignment's notebook.

    Counts the lines that stand for a missing answer, without reading the file as JSON: that takes many times its size.
    """
    names = grade_ids(data) & stubs.keys()
    if not names:
        return _ANOTHERS
    lines = Counter(filter(None, (_telling_line(stubs[name]) for name in names)))
    return sum(number - min(number, _count(data, line)) for line, number in lines.items())


def _telling_line(stub: str) -> str:
    """The line of a stub that is gone when it was answered."""
    lines = [line.strip() for line in stub.split("\n") if line.strip()]
    return next((line for line in lines if "NotImplementedError" in line), lines[-1] if lines else "")


def _count(data: bytes, line: str) -> int:
    """How often a line stands in a notebook's file, in either way of writing JSON."""
    return sum(data.count(text) for text in {json.dumps(line, ensure_ascii=e)[1:-1].encode() for e in (True, False)})


def choose(
    candidates: Sequence[Candidate], assignment: str, notebook: str, stubs: Mapping[str, str]
) -> tuple[Candidate, str]:
    """The candidate that is graded, and a remark on the others.

    One in which somebody has answered comes before one that is as it was handed out, more answers before fewer, this
    assignment's before another's; then the right name and the right folder count.

    Raises
    ------
    Unreadable
        When nothing says which one it is.
    """
    if len(candidates) == 1:
        return candidates[0], ""
    left, marks = _LARGEST_TOGETHER, []
    for one in candidates:
        try:
            data = one.read() if left > 0 else b""
            left -= len(data)
            marks.append(answered(data, stubs) if data else _UNKNOWN)
        except Unreadable:
            marks.append(_UNKNOWN)
    named = [plain_name(notebook_stem(one.path.name)) == notebook for one in candidates]
    best = max(marks)
    # A notebook of the right name that has lost its marks is better than one that nobody has touched.
    level = best if best > 0 or not any(named) else min(best, _ANOTHERS)
    pool = [one for one, mark in zip(candidates, marks) if mark >= level]
    tests: list[Callable[[Candidate], bool]] = [
        lambda one: True,
        lambda one: plain_name(notebook_stem(one.path.name)) == notebook,
        lambda one: notebook_stem(one.path.name) == notebook,
        lambda one: one.path.parent.name == assignment,
    ]
    for test in tests:
        pool = [one for one in pool if test(one)] or pool
        if len(pool) == 1:
            return pool[0], _remark(candidates, pool[0], marks)
    listed = ", ".join(shown(one.name) for one in candidates[:4]) + (", …" if len(candidates) > 4 else "")
    why = f"none is called {notebook}.ipynb" if not any(named) else "nothing says which one is meant"
    raise Unreadable(f"there are {len(candidates)} notebooks ({listed}), and {why}: keep one")


def _remark(candidates: Sequence[Candidate], chosen: Candidate, marks: Sequence[int]) -> str:
    mark = marks[list(candidates).index(chosen)]
    others = [one for one in candidates if one is not chosen]
    rest = [other for one, other in zip(candidates, marks) if one is not chosen]
    why = " (the only one with answers)" if mark > 0 >= max(rest) else " (it has the most answers)"
    why = why if mark > max(rest) and mark > 0 else ""
    listed = ", ".join(shown(one.name) for one in others[:4]) + (", …" if len(others) > 4 else "")
    return f"there are {len(candidates)} notebooks; {shown(chosen.name)} is graded{why}, not {listed}"
