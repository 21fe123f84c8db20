"""The instructor's own comments, to be given again: `comments.csv` in the course's folder."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ...base.errors import CourseError
from ...base.files import write_whole
from ..inbox.filling import as_typed, harmless
from ..inbox.spreadsheet import table_lines

FILE = "comments.csv"
COLUMNS = ("question", "points", "comment")
ALL = "*"  # in place of a question


@dataclass(frozen=True)
class Ready:
    """A comment that can be given again.

    Parameters
    ----------
    question : str
        A grade id or a number such as ``06.21``; ``*`` for all questions.
    points : float or None
        What is given with it.
    comment : str
    """

    question: str
    points: float | None
    comment: str


def library_of(root: Path) -> list[Ready]:
    """The comments of a course, in the order of its file; none where there is no file.

    Raises
    ------
    CourseError
        When the file is no such table, or a row of it gives no number of points.
    """
    path = Path(root) / FILE
    if not path.is_file():
        return []
    lines, _ = table_lines(path)
    head = [cell.strip().casefold() for cell in lines[0]] if lines else []
    if "comment" not in head:
        raise CourseError("has no column comment", f"Its columns are {', '.join(COLUMNS)}.", file=path)
    found = []
    for number, line in enumerate(lines[1:], 2):
        cells = {name: as_typed(line[at].strip()) for at, name in enumerate(head) if at < len(line)}
        points = number_or_none(cells.get("points", ""))
        if points is not None and not math.isfinite(points):
            raise CourseError(f"{cells['points'][:40]!r} is no number of points", file=path, line=number)
        if cells.get("comment"):
            found.append(Ready(cells.get("question") or ALL, points, cells["comment"]))
    return found


def number_or_none(text: str) -> float | None:
    """A number as spreadsheets of any language write it; None for an empty cell, not-a-number for anything else."""
    try:
        return float(text.replace(",", ".")) if text else None
    except ValueError:
        return math.nan


def keep_comments(root: Path, more: Iterable[Ready]) -> int:
    """Add comments to a course's file, those that it has for the same question left out; how many are new."""
    had = library_of(root)
    known = {(one.question, one.comment) for one in had}
    new = {(one.question, one.comment): one for one in more if (one.question, one.comment) not in known}
    if not new:
        return 0
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for one in [*had, *new.values()]:
        points = "" if one.points is None else f"{one.points:g}"
        writer.writerow([harmless(text) for text in (one.question, points, one.comment)])
    write_whole({Path(root) / FILE: "\ufeff" + out.getvalue()})
    return len(new)
