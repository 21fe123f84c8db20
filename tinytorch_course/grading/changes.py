"""Who gained and who lost since the run before, exercise by exercise."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from rich.markup import escape
from rich.table import Table

from ..base.files import write_whole
from .inbox.filling import harmless
from .model import Change, ClassResult


def tables(changes: Sequence[Change]) -> list[Table]:
    """The changes by exercise, then by student."""
    if not changes:
        return []
    exercises = Table(title="what changed, by exercise")
    for heading in ("exercise", "gained", "lost", "points"):
        exercises.add_column(heading, justify="left" if heading == "exercise" else "right")
    for number, title in dict.fromkeys((change.number, change.title) for change in changes):
        steps = [change.after - change.before for change in changes if (change.number, change.title) == (number, title)]
        gained, lost = sum(step > 0 for step in steps), sum(step < 0 for step in steps)
        exercises.add_row(f"{number} {escape(title)}", str(gained), str(lost), f"{sum(steps):+g}")
    people = Table(title="and by student")
    people.add_column("student")
    people.add_column("points", justify="right")
    people.add_column("exercises")
    by_student: dict[str, list[Change]] = {}
    for change in changes:
        by_student.setdefault(change.student, []).append(change)
    for student, own in sorted(by_student.items()):
        listed = ", ".join(f"{change.number}: {change.before:g} → {change.after:g}" for change in own)
        people.add_row(escape(student), f"{sum(change.after - change.before for change in own):+g}", listed)
    return [exercises, people]


def write_changes(course_dir: Path, result: ClassResult) -> Path:
    """Write ``report/<assignment>/changes.csv``: a line for each exercise of a student that has other points now."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["student", "exercise", "title", "before", "after", "difference"])
    for change in sorted(result.changes, key=lambda change: (change.student, change.number)):
        row = [harmless(change.student), change.number, change.title]
        writer.writerow([*row, f"{change.before:g}", f"{change.after:g}", f"{change.after - change.before:+g}"])
    path = course_dir / "report" / result.assignment / "changes.csv"
    write_whole({path: out.getvalue()})
    return path
