"""Letters to those whose points have changed after a test was corrected: a file each, and a table for a mail program."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from nbgrader.api import Grade

from ...base.files import write_whole
from ...base.marks import number_of
from ...base.printable import printable
from ..assignment import Assignment, open_gradebook, open_to_group
from ..inbox.filling import harmless
from ..model import Change, ClassResult, SubmissionResult
from .pages import render_text
from .texts import answers_of

COLUMNS = ("student", "name", "email", "points", "subject", "letter")


@dataclass(frozen=True)
class Letter:
    """What one student is told."""

    student: str
    name: str
    email: str
    changes: Sequence[Change]
    result: SubmissionResult

    @property
    def points(self) -> float:
        """By how much all changed exercises differ together."""
        return sum(change.after - change.before for change in self.changes)

    @property
    def subject(self) -> str:
        return f"{self.result.assignment}: your points have changed"

    @property
    def text(self) -> str:
        """The letter."""
        return render_text("letter", letter=self)


def write_letters(course_dir: Path, result: ClassResult) -> Path | None:
    """Write ``report/<assignment>/letters/STUDENT.txt`` and ``letters.csv``; the path of the table.

    Nobody gets one for an exercise for which a person has given the points: there the grade is what it was. Where nobody's
    grade changed, nothing is written, and letters of an earlier correction stay.
    """
    ground = Assignment.open(Path(course_dir), result.assignment)
    letters = _letters(ground, result)
    if not letters:
        return None
    folder = Path(ground.directory.root) / "report" / result.assignment
    shutil.rmtree(folder / "letters", ignore_errors=True)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for one in letters:
        cells = (one.student, one.name, one.email, f"{one.points:+g}", one.subject, one.text)
        writer.writerow([harmless(printable(cell)) for cell in cells])
    files = {folder / "letters" / f"{one.student}.txt": one.text for one in letters}
    write_whole({**files, folder / "letters.csv": "\ufeff" + out.getvalue()})
    open_to_group(ground)
    return folder / "letters.csv"


def _letters(ground: Assignment, result: ClassResult) -> list[Letter]:
    people, by_hand = _book(ground)
    roster = ground.roster()
    by_student: dict[str, list[Change]] = {}
    for change in result.changes:
        if (change.student, change.number) not in by_hand:
            by_student.setdefault(change.student, []).append(change)
    letters = []
    for student, changes in sorted(by_student.items()):
        name, email = people.get(student, ("", ""))
        person = roster.person(student) if roster is not None else None
        if person is not None:
            name, email = name or person.name, email or person.email
        last, comma, first = name.partition(",")
        name = f"{first.strip()} {last.strip()}" if comma and first.strip() else name
        changes = sorted(changes, key=lambda change: change.number)
        letters.append(Letter(student, name, email, changes, result[student]))
    return letters


def _book(ground: Assignment) -> tuple[Mapping[str, tuple[str, str]], set[tuple[str, str]]]:
    """Names and addresses by student, and the exercises for which a person has given a student's points."""
    with open_gradebook(ground.directory) as gradebook:
        people = {
            one.id: (" ".join(filter(None, [one.first_name, one.last_name])), one.email or "")
            for one in gradebook.students
        }
        grades = answers_of(gradebook, ground, Grade).filter(Grade.manual_score.isnot(None))
        return people, {(student, number_of(name)) for student, name, _ in grades}
