"""Fills the scores of an assignment into a table that a learning management system exported."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from ...base.errors import CourseError

Kind = Literal["canvas", "moodle worksheet", "moodle", "table"]
OWN_ID = "the id's column"  # the instructor has named it
IDENTITY = (OWN_ID, "First name", "Last name", "Full name", "ID number", "Username", "Email address")
_COLUMN_NUMBER = re.compile(r"\s*\(\d+\)$")
_PLAIN_NUMBER = re.compile(r"[+-]?(?:\d+(?:[.,]\d+)?)?")  # or Moodle's dash for none
# Before the sign: spaces, quotes, controls and what is not seen; spreadsheets know the wide forms of the signs, too.
_FORMULA = re.compile(r"((?:^|[,;|\t\r\n\"])[\s\"\0-\x20\u200b-\u200f\u2060\ufeff]*)([=+\-@＝＋－＠])")
_MADE_HARMLESS = re.compile(_FORMULA.pattern.replace(")([", ")'(["))
_EXCUSED = ("ex", "excused")  # Canvas
# What Canvas sums up for a group of assignments and Moodle for a category, and what Moodle shows beside a grade.
_SUMMED_UP = re.compile(r"(Unposted )?(Current|Final) (Score|Points|Grade)|( |^)total( \(.*\))?$", re.IGNORECASE)
_NO_SCORE = re.compile(r"\((Feedback|Percentage|Letter)\)$", re.IGNORECASE)


@dataclass(frozen=True)
class Entry:
    """What goes into a student's row: no score leaves the cell as it was."""

    score: float | None
    comment: str = ""


@dataclass
class Sheet:
    """A table's lines. `places` says where each column is, by its English heading."""

    file: str
    kind: Kind
    lines: list[list[str]]
    places: dict[str, int]
    delimiter: str = ","
    _remarks: list[str] = field(default_factory=list, repr=False)

    def filled_rows(
        self, assignment: str, points: float, entries: Mapping[int, Entry | None], column: str | None = None
    ) -> tuple[str, list[str]]:
        """The table with the assignment's column filled in, and remarks for a person. `entries` has all students' rows."""
        if self.kind == "table":
            raise CourseError(f"{self.file} is a table of your own: there is nothing to fill in")
        keep, at = self._columns(assignment, column)
        self._remarks = []
        if at is None:
            self._remarks.append(
                f"no column of {self.file} looks like {assignment}: the import will offer to make a new one "
                "(--column names the right one)"
            )
        lines, counts = [], {"locked": 0, "excused": 0}
        for number, line in enumerate(self.lines):
            line = line + [""] * (len(self.lines[0]) - len(line))
            value = self._value(line, number, at, (assignment, points), entries.get(number), counts)
            entry = entries.get(number)
            if self.kind == "moodle worksheet":
                line[at or 0] = value
                comment = self.places.get("Feedback comments")
                if comment is not None and entry is not None and entry.comment:
                    line[comment] = harmless(entry.comment)
                lines.append(line)
            else:
                lines.append([line[i] for i in keep] + [value])
        self._say(assignment, points, entries, at, counts)
        out = io.StringIO()
        csv.writer(out, delimiter=self.delimiter, lineterminator="\n").writerows(lines)
        return out.getvalue(), self._remarks

    def _columns(self, assignment: str, column: str | None) -> tuple[list[int], int | None]:
        """The columns that stay, and that of the scores."""
        head, places = self.lines[0], self.places
        if self.kind == "moodle worksheet":
            return list(range(len(head))), places["Grade"]
        if self.kind == "canvas":
            keep = list(range(places["Section"] + 1))
        else:
            keep = sorted({places[name] for name in IDENTITY if name in places})
        candidates = [i for i in range(len(head)) if i not in keep and not self._is_read_only(i)]
        return keep, _column(head, candidates, assignment, column)

    def _is_read_only(self, at: int) -> bool:
        """Whether a column is the platform's own sum or remark."""
        if _SUMMED_UP.search(self.lines[0][at]) or (self.kind == "moodle" and _NO_SCORE.search(self.lines[0][at])):
            return True
        return any(len(line) > at and line[at].strip().casefold() == "(read only)" for line in self.lines[1:4])

    def _value(
        self,
        line: Sequence[str],
        number: int,
        at: int | None,
        what: tuple[str, float],
        entry: Entry | None,
        counts: dict[str, int],
    ) -> str:
        value = line[at] if at is not None else what[0] if number == 0 else ""
        if self._says_points(line):
            return value if at is not None else f"{what[1]:g}"
        if entry is None or entry.score is None:
            return value
        changeable = self.places.get("Grade can be changed")
        if changeable is not None and line[changeable].strip().casefold() == "no":
            counts["locked"] += 1
        elif value.strip().casefold() in _EXCUSED:
            counts["excused"] += 1
        else:
            return f"{round(entry.score, 2):g}"
        return value

    def _says_points(self, line: Sequence[str]) -> bool:
        return self.kind == "canvas" and "Points Possible" in line[0]

    def _say(
        self,
        assignment: str,
        points: float,
        entries: Mapping[int, Entry | None],
        at: int | None,
        counts: Mapping[str, int],
    ) -> None:
        most = self.places.get("Maximum Grade")
        told = {
            line[at].strip() for line in self.lines if at is not None and self._says_points(line) and at < len(line)
        }
        if most is not None:
            told |= {self.lines[row][most].strip() for row in entries if most < len(self.lines[row])}
        for text in sorted(told - {""}):
            if number_in(text) not in (None, points):
                self._remarks.append(
                    f"{self.file} has {text} points for {assignment}, the module {points:g}: nothing is scaled"
                )
        if counts["locked"]:
            self._remarks.append(
                f"{self.file} says of {counts['locked']} grades that they cannot be changed: left as they were"
            )
        if counts["excused"]:
            self._remarks.append(f"{self.file} excuses {counts['excused']} who handed something in: left as they were")


def harmless(text: str) -> str:
    """A cell that no spreadsheet takes for a formula, not even one that parts cells where the table does not.

    An apostrophe goes before what starts a formula, at the beginning and after anything that may begin a cell. Numbers stay.
    """
    return text if _PLAIN_NUMBER.fullmatch(text) else _FORMULA.sub(r"\1'\2", text)


def as_typed(cell: str) -> str:
    """What `harmless` made this cell of."""
    text = _MADE_HARMLESS.sub(r"\1\2", cell)
    return text if harmless(text) == cell else cell


def number_in(text: str) -> float | None:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return None


def _column(head: Sequence[str], candidates: Iterable[int], assignment: str, wanted: str | None) -> int | None:
    """The place of the assignment's column among the candidates, if one only may be meant."""
    candidates = list(candidates)
    if wanted is not None:
        for i in candidates:
            if wanted in (head[i], _COLUMN_NUMBER.sub("", head[i])):
                return i
        names = ", ".join(repr(head[i]) for i in candidates) or "none"
        raise CourseError(f"there is no column {wanted!r}", f"The columns are: {names}.")
    number, _, slug = assignment.partition("_")
    words = slug.replace("_", " ").casefold()
    plain = {i: re.sub(r"[\W_]+", " ", _COLUMN_NUMBER.sub("", head[i])).casefold().strip() for i in candidates}
    whole = re.sub(r"[\W_]+", " ", assignment).casefold()
    tests: list[Callable[[str], bool]] = [
        lambda text: text == whole,
        lambda text: whole in text,
        lambda text: bool(words) and re.search(rf"\b{re.escape(words)}\b", text) is not None,
        lambda text: number.isdigit() and re.search(rf"\bmodule 0?{int(number)}\b", text) is not None,
    ]
    for test in tests:
        found = [i for i in candidates if test(plain[i])]
        if found:
            return found[0] if len(found) == 1 else None
    return None
