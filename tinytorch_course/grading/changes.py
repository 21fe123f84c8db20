"""Who gained and who lost since that was last told, exercise by exercise, and their letters."""

from __future__ import annotations

import csv
import io
import itertools
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..base.files import write_whole
from .assignment import Assignment
from .inbox.filling import harmless
from .model import Change, ClassResult, Told
from .records.letters import write_letters
from .records.results import told

if TYPE_CHECKING:
    from rich.table import Table


def tables(changes: Sequence[Change]) -> list[Table]:
    """The changes by exercise, then by student."""
    from rich.table import Table
    from rich.text import Text

    if not changes:
        return []
    exercises = Table(title="what changed, by exercise")
    for heading in ("exercise", "gained", "lost", "points"):
        exercises.add_column(heading, justify="left" if heading == "exercise" else "right")
    for number, title in dict.fromkeys((change.number, change.title) for change in changes):
        steps = [change.after - change.before for change in changes if (change.number, change.title) == (number, title)]
        gained, lost = sum(step > 0 for step in steps), sum(step < 0 for step in steps)
        exercises.add_row(Text(f"{number} {title}"), str(gained), str(lost), f"{sum(steps):+g}")
    people = Table(title="and by student")
    people.add_column("student")
    people.add_column("points", justify="right")
    people.add_column("exercises")
    by_student: dict[str, list[Change]] = {}
    for change in changes:
        by_student.setdefault(change.student, []).append(change)
    for student, own in sorted(by_student.items()):
        listed = ", ".join(f"{change.number}: {change.before:g} → {change.after:g}" for change in own)
        people.add_row(Text(student), f"{sum(change.after - change.before for change in own):+g}", listed)
    return [exercises, people]


def tell(ground: Assignment, result: ClassResult) -> Told:
    """Write ``report/<assignment>/changes.csv``, a line for each exercise of a student that has other points now, and letters.

    The table and the letters are always of the same changes. Letters of earlier ones may not be sent yet: they and their
    table get a number. Whatever interrupts this, the next run tells the same again.
    """
    folder = Path(ground.directory.root) / "report" / result.assignment
    table, text = folder / "changes.csv", _table(result.changes)
    aside = _put_aside(folder) if not table.is_file() or table.read_bytes() != text.encode() else None
    write_whole({table: text})
    letters = write_letters(ground.root, result)
    told(ground, result.changes)
    return Told(table, letters, aside)


def _table(changes: Sequence[Change]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["student", "exercise", "title", "before", "after", "difference"])
    for change in sorted(changes, key=lambda change: (change.student, change.number)):
        row = [harmless(change.student), change.number, change.title]
        writer.writerow([*row, f"{change.before:g}", f"{change.after:g}", f"{change.after - change.before:+g}"])
    return out.getvalue()


def _put_aside(folder: Path) -> Path | None:
    """Number letters and the table of their changes; the letters' table is renamed last, so an interruption parts them not."""
    if not (folder / "letters.csv").exists():
        return None
    at = next(at for at in itertools.count(1) if not (folder / f"letters-{at}.csv").exists())
    for name in ("changes.csv", "letters", "letters.csv"):
        if (folder / name).exists():
            (folder / name).rename(folder / f"-{at}".join(os.path.splitext(name)))
    return folder / f"letters-{at}.csv"
