"""The tables to import elsewhere: Canvas, Moodle, spreadsheets."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from ...base.files import write_whole
from ...base.printable import printable
from ..inbox.filling import Entry, harmless
from ..inbox.roster import Roster
from .feedback_page import points_open
from .rows import Row


def feedback_for_moodle(folder: Path, rows: Sequence[Row], table: Roster | None) -> Path | None:
    """The feedback pages in a zip file for Moodle's "Upload multiple feedback files in a zip".

    Each page lies in a folder that is called as in Moodle's download of the submissions. There is none for a student
    whose number Moodle has not told: it stands in the download and in the grading worksheet.
    """
    target = folder / "feedback-moodle.zip"
    pages = {}
    for row in rows:
        place = row.result.moodle_folder
        if not place and table is not None and table.kind == "moodle worksheet" and row.lms_id:
            name = (row.name or row.result.student).replace("_", " ").replace("/", " ")
            place = f"{name}_{row.lms_id}_assignsubmission_file_"
        if place and row.page is not None:
            pages[place] = row.page
    if not pages:
        target.unlink(missing_ok=True)
        return None
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for place, path in sorted(pages.items()):
            archive.write(path, f"{place}/{path.name}")
    write_whole({target: content.getvalue()})
    return target


def filled_table(
    table: Roster, assignment: str, points: float, rows: Sequence[Row], column: str | None
) -> tuple[str, list[str]]:
    """The platform's own table with the assignment's column filled in, and remarks for a person."""
    entries, strangers = {}, []
    for row in rows:
        person = table.person(row.result.student, row.result.lms_id)
        if person is None:
            strangers.append(row.result.student)
        elif person.student in entries:
            strangers.append(f"{row.result.student} (another submission of {person.student})")
        else:
            entries[person.student] = Entry(row.score, row.reason or _comment(row))
    text, remarks = table.filled(assignment, points, entries, column)
    if strangers:
        remarks.append(f"not in {table.file}, so their scores are not in the import: {', '.join(strangers)}")
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=table.delimiter)
    return _csv(lines, table.delimiter), remarks


# -- tables for other programs -------------------------------------------------------------------------------------


def _csv(lines: Iterable[Sequence[object]], delimiter: str = ",") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows(
        [[harmless(v) if isinstance(v, str) else v for v in line] for line in lines]
    )
    return out.getvalue()


def _points_or_blank(row: Row) -> str:
    return "" if row.score is None else f"{round(row.score, 2):g}"


def canvas_table(assignment: str, rows: Sequence[Row], points: float) -> str:
    """The columns of a Canvas gradebook import. Every further column would become an assignment there."""
    head = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", assignment]
    possible = ["    Points Possible", "", "", "", "", f"{points:g}"]
    body = [
        [row.name or row.result.student, row.lms_id, "", "" if row.result.lms_id else row.result.student, row.section]
        + [_points_or_blank(row)]
        for row in sorted(rows, key=lambda row: row.result.student)
    ]
    return _csv([head, possible, *body])


def moodle_table(assignment: str, rows: Sequence[Row]) -> str:
    """The columns of a Moodle grade import: who, grade, a comment."""
    body = [
        [row.result.student, row.lms_id, row.email, _points_or_blank(row)]
        + [_comment(row) if row.score is not None else row.reason if row.result.reason else ""]
        for row in sorted(rows, key=lambda row: row.result.student)
    ]
    return _csv([["Username", "ID number", "Email address", assignment, f"{assignment} (feedback)"], *body])


def remarks_table(rows: Sequence[Row], missing: Sequence[Row]) -> str:
    """Everybody, with all that an import has no place for."""
    head = ["student", "name", "email", "score", "points", "state", "late", "why not graded", "flags", "repairs"]
    body = []
    for row in rows:
        result = row.result
        body.append(
            [result.student, row.name, row.email, _points_or_blank(row), f"{row.recorded.max_score:g}", result.state]
            + [result.late, *map(printable, (result.reason, "; ".join(result.flags), "; ".join(result.repairs)))]
        )
    for row in missing:
        body.append([row.result.student, row.name, row.email, "", "", "missing", "", "nothing was handed in", "", ""])
    return _csv([head, *sorted(body)])


def _comment(row: Row) -> str:
    """Where points were lost, and which are still open."""
    waiting = row.recorded.waiting
    lost = [
        item.number
        for item in row.result.exercises
        if item.name not in waiting and row.recorded.scores.get(item.name, 0) < item.max_score
    ]
    said = f"points lost in {', '.join(dict.fromkeys(lost))}" if lost else "" if waiting else "all right"
    if waiting:
        open_points = points_open(row.result, row.recorded)
        said = "; ".join(
            filter(None, [f"provisional: {', '.join(row.waiting)} to be read ({open_points:g} points)", said])
        )
    return said
