"""A class as rows: one a person."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from ..inbox.roster import Person, Roster
from ..model import PERSON, Recorded, SubmissionResult
from .feedback_page import is_final


@dataclass
class Row:
    """One student: the grader's result, and what the gradebook says now."""

    result: SubmissionResult
    recorded: Recorded
    name: str = ""
    email: str = ""
    lms_id: str = ""
    section: str = ""
    page: Path | None = None  # the student's
    feedback: str = ""  # its address and that of the notebook, relative to the report
    notebook: str = ""

    @property
    def score(self) -> float | None:
        """What is handed on; None for a submission that needs a person, until one has given points."""
        return self.recorded.score if is_final(self.result, self.recorded) else None

    @property
    def shown(self) -> str:
        """What people call the student: by name, and by id too where the name does not say it."""
        if not self.name:
            return self.result.student
        return f"{self.name} ({self.result.student})"

    @property
    def waiting(self) -> list[str]:
        """The numbers of the answers that nobody has read yet."""
        names = self.recorded.waiting
        return list(dict.fromkeys(item.number for item in self.result.exercises if item.name in names))

    @property
    def is_provisional(self) -> bool:
        """Whether the score may still grow: answers wait for a person."""
        return self.score is not None and bool(self.recorded.waiting)

    @property
    def reason(self) -> str:
        """Why there is no score."""
        return "" if self.score is not None else f"not graded: {self.result.reason}"


@dataclass
class Report:
    """What `make_report` wrote."""

    page: Path
    summary: str
    remarks: list[str] = field(default_factory=list)
    tables: list[Path] = field(default_factory=list)
    feedback: Path | None = None  # everybody's pages, as Moodle takes them


def relative_address(path: Path, folder: Path) -> str:
    return quote(os.path.relpath(path, folder).encode("utf-8", "surrogateescape"))


def from_roster(table: Roster, rows: Sequence[Row], missing: dict[str, Row], assignment: str) -> None:
    """Take names from the class's table, and who is missing according to it."""
    handed_in = set()
    for row in rows:
        person = table.person(row.result.student, row.result.lms_id)
        if person is not None:
            handed_in.add(person.student)
            _tell(row, person)
    for person in table.people:
        if person.student not in handed_in:
            blank = SubmissionResult(person.student, assignment, PERSON)
            _tell(missing.setdefault(person.student, Row(blank, Recorded(0, 0, 0, False))), person)


def _tell(row: Row, person: Person) -> None:
    """Give a row what it lacks."""
    row.name, row.email = row.name or person.name, row.email or person.email
    row.lms_id = row.lms_id or person.number


def summary_of(rows: Sequence[Row], missing: Sequence[Row]) -> str:
    """The class in one line."""
    ungradable = sum(not row.result.gradable and row.score is None for row in rows)
    person = sum(row.score is None for row in rows) - ungradable
    parts = [
        f"{len(rows)} submissions",
        f"{sum(row.score is not None for row in rows)} graded",
        f"{ungradable} not gradable",
        f"{person} graded in part and waiting for a person",
        f"{sum(row.recorded.needs_manual_grade for row in rows if row.score is not None)} with answers to grade by hand",
        f"{sum(bool(row.result.flags) for row in rows)} worth a look",
        f"{sum(bool(row.result.late) for row in rows)} late",
        f"{len(missing)} missing",
    ]
    return ", ".join(part for part in parts if not part.startswith("0 ")) + "."


def provisional(rows: Sequence[Row]) -> list[str]:
    """What to know before scores are handed on: some may still grow."""
    found = [row for row in rows if row.is_provisional]
    if not found:
        return []
    numbers = sorted({number for row in found for number in row.waiting})
    return [
        f"{len(found)} of {len(rows)} scores are provisional: answers to {', '.join(numbers)} wait for a person. "
        "The tables give the points so far."
    ]
