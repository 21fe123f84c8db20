"""How far a class is before the deadline, from the files that students write with `tinytorch status --share`.

The files come from strangers. They are read here and nowhere else: within limits, each value with its type, and a file that
is not what it should be is named and left out.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from ...base.course import Course
from ...base.errors import CourseError
from ...base.marks import GradeId
from ...base.printable import printable
from ...student.milestones import MILESTONES
from ...student.share import KIND, NAME, PREFIX
from ..inbox.safe_reading import LARGEST_FILE, Unreadable, read_safely

FOLDER = "progress"  # in the course's folder, where no other is named
_MOST_FILES = 20_000


class NoProgress(ValueError):
    """A file that says nothing; the message says why."""


@dataclass(frozen=True)
class Shared:
    """What one student has shared: the numbers of the exercises that are right, by module, and the milestones reached."""

    name: str
    day: date
    right: Mapping[str, frozenset[str]]
    milestones: frozenset[str]


@dataclass(frozen=True)
class ModuleProgress:
    """A module over all files.

    Parameters
    ----------
    exercises : list of (str, str, int)
        Each exercise's number, what it is about, and how many have it right.
    begun, done : int
        How many have begun, and how many have all of it right.
    """

    name: str
    exercises: list[tuple[str, str, int]]
    begun: int
    done: int

    @property
    def mean(self) -> float:
        """Exercises right, of those who have begun."""
        return sum(count for _, _, count in self.exercises) / self.begun if self.begun else 0.0


@dataclass
class ClassProgress:
    """The class: `files` that count, from `oldest` to `newest`, and what was left `out`."""

    folder: Path
    files: int = 0
    oldest: date | None = None
    newest: date | None = None
    modules: list[ModuleProgress] = field(default_factory=list)
    milestones: list[tuple[str, int]] = field(default_factory=list)
    out: list[str] = field(default_factory=list)


def class_progress(course: Course, folder: Path) -> ClassProgress:
    """How far the class is, by the files in `folder` and below.

    Of several with one id the latest counts.

    Raises
    ------
    CourseError
        When there is no such folder.
    """
    if not folder.is_dir():
        raise CourseError("there is no such folder", "Name the one in which the files of `--share` are.", file=folder)
    found = ClassProgress(folder)
    exercises = {module.name: _exercises(module.notebook) for module in course.modules}
    latest: dict[str, Shared] = {}
    for path in _files(folder, found.out):
        try:
            one = _read(path, exercises)
        except NoProgress as error:
            found.out.append(f"{printable(str(path.relative_to(folder)))[:80]}: {error}")
            continue
        if one.name not in latest or latest[one.name].day <= one.day:
            latest[one.name] = one
    _sum_up(found, list(latest.values()), exercises)
    return found


def _sum_up(found: ClassProgress, all_: Sequence[Shared], exercises: Mapping[str, Mapping[str, str]]) -> None:
    found.files = len(all_)
    if not all_:
        return
    found.oldest, found.newest = min(one.day for one in all_), max(one.day for one in all_)
    for name, numbers in exercises.items():
        own = [one.right[name] for one in all_ if name in one.right]
        counts = Counter(number for right in own for number in right)
        if own:
            done = sum(len(right) == len(numbers) for right in own)
            found.modules.append(
                ModuleProgress(name, [(n, about, counts[n]) for n, about in numbers.items()], len(own), done)
            )
    reached = Counter(name for one in all_ for name in one.milestones)
    found.milestones = [(one.title, reached[one.name]) for one in MILESTONES if reached[one.name]]


def _exercises(notebook: Path) -> dict[str, str]:
    """The exercises of a module that checks can judge: their numbers, and what their grade ids call them."""
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    except (OSError, ValueError, KeyError):
        return {}
    about = [cell["metadata"].get("nbgrader", {}) for cell in cells if cell["cell_type"] == "code"]
    ids = [GradeId.of(one.get("grade_id", "")) for one in about if one.get("grade")]
    return {one.number: one.slug.replace("-", " ") for one in ids if one is not None}


def _files(folder: Path, out: list[str]) -> Iterator[Path]:
    count = 0
    for place, folders, names in os.walk(folder):  # follows no links
        folders.sort()
        for name in sorted(names):
            if PREFIX not in name or not name.endswith(".json"):
                continue
            count += 1
            if count > _MOST_FILES:
                out.append(f"more than {_MOST_FILES} files; the others were not read")
                return
            yield Path(place, name)


def _read(path: Path, exercises: Mapping[str, Mapping[str, str]]) -> Shared:
    """A file's content, each value with its type."""
    try:
        content = json.loads(read_safely(path, LARGEST_FILE))
    except Unreadable as error:
        raise NoProgress(str(error)) from None
    except (ValueError, RecursionError):
        raise NoProgress("is not JSON") from None
    return _shared(content, exercises)


def _shared(content: Any, exercises: Mapping[str, Mapping[str, str]]) -> Shared:
    if not isinstance(content, dict) or content.get("kind") != KIND:
        raise NoProgress("was not written by `tinytorch status --share`")
    name, day, modules = content.get("id"), content.get("date"), content.get("modules")
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise NoProgress("has no id")
    try:
        when = date.fromisoformat(day if isinstance(day, str) else "")
    except ValueError:
        raise NoProgress("has no date") from None
    if when > date.today() + timedelta(days=1):  # a day ahead of here it may be elsewhere
        raise NoProgress(f"is of {when}, which is yet to come")
    if not isinstance(modules, dict):
        raise NoProgress("has no modules")
    right = {}
    for module, about in modules.items():
        if module not in exercises:
            raise NoProgress(f"names a module that the course does not have: {printable(module)[:40]!r}")
        numbers = about.get("right") if isinstance(about, dict) else None
        if not isinstance(numbers, list) or not all(isinstance(number, str) for number in numbers):
            raise NoProgress(f"does not say what is right in {module}")
        right[module] = frozenset(numbers) & frozenset(exercises[module])
    reached = content.get("milestones")
    said = {one for one in reached if isinstance(one, str)} if isinstance(reached, list) else set()
    return Shared(name, when, right, frozenset(said & {milestone.name for milestone in MILESTONES}))
