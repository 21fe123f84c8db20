"""Takes points and comments for text answers from a table into the gradebook, as if they were typed in the formgrader."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from nbgrader.api import Comment, Grade, Gradebook

from ...base.errors import CourseError
from ...base.printable import printable
from ..assignment import Assignment, open_gradebook
from ..inbox.filling import as_typed, harmless
from ..inbox.spreadsheet import table_lines
from .answers import words
from .comments import ALL, Ready, keep_comments, number_or_none
from .texts import COLUMNS, EVERYBODY, LIBRARY, NO_ANSWER, OPEN, OR, Question, answers_of, cut, read_questions

_NEEDED = ("student", "question", "points")


class BadRow(ValueError):
    """A row that cannot be entered; the message says why."""


@dataclass(frozen=True)
class Row:
    """One row of the table, as it was read. `answer` is None where the table has no such column."""

    number: int
    student: str
    question: str
    group: str
    points: str
    comment: str
    answer: str | None
    before: str = ""  # the points that the gradebook had, if it says so


@dataclass
class TakenIn:
    """What `read_texts` did.

    Parameters
    ----------
    answers : int
        Answers with points or a comment of the table now.
    new : int
        How many of them nobody had given points before, as they are now.
    changed : int
        How many of them had other points or another comment.
    kept : int
        New comments in comments.csv.
    bad : list of str
        The rows that were not entered, and why.
    """

    answers: int = 0
    new: int = 0
    changed: int = 0
    kept: int = 0
    bad: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Given:
    """What a row gives to one answer."""

    points: float | None
    comment: str

    def over(self, other: _Given) -> _Given:
        """This, and what `other` says where this says nothing."""
        return _Given(other.points if self.points is None else self.points, self.comment or other.comment)


def read_texts(course_dir: Path, assignment: str, table: Path) -> TakenIn:
    """Enter what a table says about text answers. A row that cannot be entered is named, and the others go on.

    Parameters
    ----------
    table : path
        With the columns of ``texts.csv``. A row with ``*`` for its student, or none, is for all of its group. A student's own
        row comes before that, and an empty cell changes nothing.

    Raises
    ------
    CourseError
        When the file is no such table, or there is nothing to enter it for.
    """
    ground = Assignment.open(Path(course_dir), assignment)
    rows = _read(Path(table))
    ready = [row for row in rows if row.student == LIBRARY]
    rows = [row for row in rows if row.student != LIBRARY]
    taken = TakenIn()
    with open_gradebook(ground.directory) as gradebook:
        questions, _ = read_questions(ground, gradebook)
        wanted = _wanted(rows, questions, taken.bad)
        _count(wanted, questions, taken)
        _enter(gradebook, ground, wanted)
    taken.kept = keep_comments(Path(ground.directory.root), _ready(ready))
    return taken


def _ready(rows: Sequence[Row]) -> Iterator[Ready]:
    for row in rows:
        points = number_or_none(row.points)
        if row.comment:
            yield Ready(
                row.question or ALL, points if points is not None and math.isfinite(points) else None, row.comment
            )


def _read(path: Path) -> list[Row]:
    lines, _ = table_lines(path)
    head = [cell.strip().casefold() for cell in lines[0]] if lines else []
    missing = [name for name in _NEEDED if name not in head]
    if missing:
        raise CourseError(
            f"has no column {', '.join(missing)}", f"The columns of texts.csv are {', '.join(COLUMNS)}.", file=path
        )
    rows = []
    for number, line in enumerate(lines[1:], 2):
        cells = {name: as_typed(line[at].strip()) for at, name in reversed(list(enumerate(head))) if at < len(line)}
        answer = cells.get("answer", "") if "answer" in head else None
        student, question, group, points, comment = (cells.get(name, "") for name in COLUMNS[:5])
        rows.append(Row(number, student, question, group, points, comment, answer, cells.get("before", "")))
    return rows


def _wanted(rows: Sequence[Row], questions: Sequence[Question], bad: list[str]) -> dict[tuple[str, str], _Given]:
    """What each answer gets, by student and grade id: a group's row first, then the students' own on top."""
    known = {question.cell.name: question for question in questions}
    known |= {question.number: question for question in questions}
    wanted: dict[tuple[str, str], _Given] = {}
    for whole in (True, False):
        seen: dict[tuple[str, str], Row] = {}
        for row in rows:
            if (row.student in ("", EVERYBODY)) is not whole or not (row.points or row.comment):
                continue
            try:
                question = _question(row, known)
                given = _Given(_points(row, question), row.comment)
                key = (question.cell.name, row.group if whole else row.student)
                before = seen.setdefault(key, row)
                if (before.points, before.comment) != (row.points, row.comment):
                    raise BadRow(f"row {before.number} says something else for the same")
                if whole:
                    students = _members(row, question, rows, known, bad)
                else:
                    students = [_checked(row, question)]
                students = _without_newer(row, given, students, question, bad)
            except BadRow as error:
                bad.append(f"row {row.number} ({printable(row.student or EVERYBODY)[:60]}): {error}")
                continue
            for student in students:
                place = (student, question.cell.name)
                wanted[place] = given.over(wanted[place]) if place in wanted else given
    return wanted


def _without_newer(row: Row, given: _Given, students: list[str], question: Question, bad: list[str]) -> list[str]:
    """The students for whom the row writes nothing over that was entered after the table was written."""
    had = _before(row)
    if not had or given.points is None:
        return students
    own = f"{given.points:g}"
    newer = [one for one in students if question.entered[one].held not in (*had, own)]
    if newer and had != [own]:  # else nobody has entered anything in it
        now = OR.join(sorted({question.entered[one].held for one in newer}))
        some = f" for {len(newer)} of {len(students)} answers" if len(students) > 1 else ""
        bad.append(
            f"row {row.number} ({printable(row.student or EVERYBODY)[:60]}): the gradebook has {now} now{some}, entered "
            f"since this table was written; where {own} is right, call `tinytorch texts` again and enter it there"
        )
    return [one for one in students if one not in newer]


def _before(row: Row) -> list[str]:
    """The points that the gradebook had when the table was written; nothing where the row does not say so."""
    values = [text.strip() for text in row.before.split(OR.strip())] if row.before else []
    had = [text if text == OPEN else f"{number_or_none(text) or 0.0:g}" for text in values]
    return [] if "nan" in had else had


def _question(row: Row, known: Mapping[str, Question]) -> Question:
    found = known.get(row.question)
    if found is None and len({question.number for question in known.values()}) == 1 and not row.question:
        found = next(iter(known.values()))
    if found is None:
        names = ", ".join(dict.fromkeys(question.cell.name for question in known.values()))
        raise BadRow(f"there is no question {printable(row.question)[:60]!r}; there are {names}")
    return found


def _points(row: Row, question: Question) -> float | None:
    points = number_or_none(row.points)
    if points is None:
        return None
    if not math.isfinite(points):
        raise BadRow(f"{printable(row.points)[:40]!r} is no number of points")
    if not 0 <= points <= question.cell.points:
        raise BadRow(f"{points:g} points are not between 0 and {question.cell.points:g}")
    return points


def _members(
    row: Row, question: Question, rows: Sequence[Row], known: Mapping[str, Question], bad: list[str]
) -> list[str]:
    """The students of a group: those whom the table has in it, or, where it has none, those who are in it now."""
    if not row.group:
        raise BadRow("it names neither a student nor a group")
    listed = [
        other
        for other in rows
        if other.group == row.group and other.student not in ("", EVERYBODY) and known.get(other.question) is question
    ]
    found = []
    for other in listed:
        try:
            found.append(_checked(other, question))
        except BadRow as error:
            if not (other.points or other.comment):  # else its own turn names it
                bad.append(f"row {other.number} ({printable(other.student)[:60]}): {error}")
    if listed:
        return found
    group = next((group for group in question.groups if group.label == row.group), None)
    if group is None:
        raise BadRow(
            f"there is no group {printable(row.group)[:20]!r} now; call `tinytorch texts` again, since answers have changed"
        )
    return [answer.student for answer in group.answers]


def _checked(row: Row, question: Question) -> str:
    """The row's student, if it is somebody whose answer is still the one in the table."""
    if row.student in question.left_out:
        raise BadRow("the submission could not be graded, so its answers wait for it; `tinytorch report` says why")
    if row.student not in question.entered:
        near = difflib.get_close_matches(row.student, question.entered, n=1)
        raise BadRow("no such student has handed in" + (f"; is it {near[0]}?" if near else ""))
    if row.answer:
        text = question.texts[row.student]
        now = "" if row.student in question.blank else harmless(printable(cut(text)))
        if words(row.answer) != words(now or NO_ANSWER):
            raise BadRow("the answer is another one now; read it and call `tinytorch texts` again")
    return row.student


def _count(wanted: Mapping[tuple[str, str], _Given], questions: Sequence[Question], taken: TakenIn) -> None:
    """Say in `taken` what `wanted` is going to change."""
    by_name = {question.cell.name: question for question in questions}
    taken.answers = len(wanted)
    for (student, name), given in wanted.items():
        had = by_name[name].entered[student]
        if given.points is not None and (had.points is None or not had.by_person):
            taken.new += 1
        elif given.points not in (None, had.points) or given.comment not in ("", had.comment):
            taken.changed += 1


def _enter(gradebook: Gradebook, ground: Assignment, wanted: Mapping[tuple[str, str], _Given]) -> None:
    """Write all of it in one transaction."""
    names = {name for _, name in wanted}
    for student, name, grade in answers_of(gradebook, ground, Grade, names):
        given = wanted.get((student, name))
        if given is not None and given.points is not None:
            grade.manual_score, grade.needs_manual_grade = given.points, False
    for student, name, comment in answers_of(gradebook, ground, Comment, names):
        given = wanted.get((student, name))
        if given is not None and given.comment:
            comment.manual_comment = given.comment
    gradebook.db.commit()
