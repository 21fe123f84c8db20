"""The class at a glance: one HTML page with pictures that needs nothing else, and tables that Canvas and Moodle import."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from ...base.errors import CourseError
from ...base.files import write_changed, write_whole
from ..assignment import Assignment, open_to_group
from ..inbox.roster import Roster
from ..model import PERSON, Recorded, Source, SubmissionResult
from . import notebook_page, pair_page
from .deadlines import Deadlines
from .feedback_page import page as feedback_page
from .gradebook import Recorder
from .own_work import given_code, own_cells
from .report_page import page
from .results import stored_results
from .rows import Report, Row, from_roster, provisional, relative_address, summary_of
from .similar import Pair, Work, answer_print, pairs_of, prints_of
from .tables import canvas_table, feedback_for_moodle, filled_table, moodle_table, remarks_table


def write_report(course_dir: Path, assignment: str) -> Path:
    """Write the report on an assignment and give the path of its page."""
    return make_report(course_dir, assignment).page


def make_report(course_dir: Path, assignment: str, *, roster: Path | None = None, column: str | None = None) -> Report:
    """Write ``report/<assignment>/`` in the course folder.

    report.html, the graded notebooks and similar pairs as pages beside it, grades.csv (Canvas), grades-moodle.csv, remarks.csv
    (everybody, with the reason where there is no score) and, for submissions from Moodle, feedback-moodle.zip. Scores are the
    gradebook's at this moment, so what people graded by hand counts. The students' feedback pages are written again with
    it, too.

    Parameters
    ----------
    roster : path, optional
        The table that Canvas or Moodle exported; its column is filled in. By default the one that was given before.
    column : str, optional
        The heading of the assignment's column there, where it cannot be told.
    """
    ground = Assignment.open(Path(course_dir), assignment)
    results = list(stored_results(ground))
    if not results:
        raise CourseError(
            f"no submission of {assignment} has been graded", f"Call `tinytorch grade {assignment}` first."
        )
    table = ground.keep_roster(Path(roster)) if roster is not None else ground.roster()
    if column is not None and (table is None or table.kind not in ("canvas", "moodle")):
        raise CourseError("--column names a column of a gradebook that Canvas or Moodle exported", "Give --roster too.")
    folder = Path(ground.directory.root) / "report" / assignment
    with Recorder(ground.directory, ground.source, ground.config, Deadlines.of(ground)) as recorder:
        standing, people = recorder.renewed_class(), recorder.people()
        gone = [result.student for result in results if result.student not in standing]
        rows = [
            _row(result, standing[result.student], people, recorder.feedback_path(result.student), folder)
            for result in results
            if result.student in standing
        ]
        absent = _absent(assignment, rows, people, table)
        sections = ground.sections()
        for row in [*rows, *absent]:
            row.section = sections.of(row.result.student)
        works = _write_pages(ground, recorder, folder, rows)
        pairs = _write_pairs(recorder, folder, rows, works, ground.source)
    report = Report(folder / "report.html", summary_of(rows, absent))
    _write_tables(report, folder, assignment, ground.source.max_score, rows, absent, table, column)
    if gone:
        report.remarks.append(
            f"not in the gradebook any more, and left out: {', '.join(gone)}. `tinytorch grade` puts back who is in submitted/."
        )
    report.remarks += provisional(rows)
    write_whole({report.page: page(assignment, rows, absent, pairs, report, ground.source.schemes)})
    open_to_group(ground)
    return report


def _row(
    result: SubmissionResult,
    recorded: Recorded,
    people: Mapping[str, tuple[str, str, str]],
    page: Path,
    folder: Path,
) -> Row:
    result.seconds_late = recorded.seconds_late
    row = Row(result, recorded, *people.get(result.student, ("", "", "")), page=page)
    row.feedback = relative_address(page, folder)
    row.lms_id = row.lms_id or result.lms_id
    return row


def _absent(
    assignment: str, rows: Sequence[Row], people: Mapping[str, tuple[str, str, str]], table: Roster | None
) -> list[Row]:
    """Who handed in nothing, according to the gradebook and the class's table, which also gives names to those who did."""
    missing = {
        student: Row(SubmissionResult(student, assignment, PERSON), Recorded(0, 0, 0, False), *about)
        for student, about in people.items()
    }
    if table is not None:
        from_roster(table, rows, missing, assignment)
    for row in rows:
        missing.pop(row.result.student, None)
    return sorted(missing.values(), key=lambda row: row.result.student)


def _write_pages(ground: Assignment, recorder: Recorder, folder: Path, rows: Sequence[Row]) -> dict[str, Work]:
    """Everybody's feedback and graded notebook as pages, one after another; those of submissions that are no more go."""
    home = folder / "graded"
    kept = {row.result.student for row in rows}
    for old in home.iterdir() if home.is_dir() else ():
        if old.name not in kept:
            shutil.rmtree(old, ignore_errors=True)
    kinds = {cell.name: cell.cell_type == "code" for cell in ground.source.cells}
    as_given = {name: answer_print(text, kinds[name]) for name, text in ground.source.stubs.items()}
    works = {}
    for row in rows:
        student = row.result.student
        title, path = ground.title(student), home / student / "notebook.html"
        cells = own_cells(recorder.autograded_path(student))
        if row.page is not None:
            write_changed(row.page, feedback_page(row.result, row.recorded, title))
        write_changed(path, notebook_page.page(row, title, cells, ground.source.schemes))
        row.notebook = relative_address(path, folder)
        own = {cell.name: answer_print(cell.source, kinds[cell.name]) for cell in cells if cell.name in as_given}
        answers = [own.get(name, 0) if own.get(name) != given else 0 for name, given in as_given.items()]
        prints = prints_of(cell.source for cell in cells if cell.kind == "code")
        works[student] = Work(prints, np.array(answers, np.uint32))
    return works


def _write_pairs(
    recorder: Recorder, folder: Path, rows: Sequence[Row], works: Mapping[str, Work], source: Source
) -> list[tuple[Pair, str]]:
    by_student = {row.result.student: row for row in rows}
    home = folder / "pairs"
    shutil.rmtree(home, ignore_errors=True)
    found = []
    together = {row.result.student: row.result.team for row in rows}
    given = given_code(source)
    pairs = pairs_of(works, given.values(), list(source.stubs))
    alike = [pair for pair in pairs if pair.other not in together[pair.one]]
    for at, pair in enumerate(alike, 1):
        people = pair.one, pair.other
        one, other = (own_cells(recorder.autograded_path(student)) for student in people)
        text = pair_page.page(pair, (by_student[pair.one], by_student[pair.other]), (one, other), given)
        write_whole({home / f"{at}.html": text})
        found.append((pair, f"pairs/{at}.html"))
    return found


def _write_tables(
    report: Report,
    folder: Path,
    assignment: str,
    points: float,
    rows: Sequence[Row],
    absent: Sequence[Row],
    table: Roster | None,
    column: str | None,
) -> None:
    tables = {
        "grades.csv": canvas_table(assignment, [*rows, *absent], points),
        "grades-moodle.csv": moodle_table(assignment, [*rows, *absent]),
        "remarks.csv": remarks_table(rows, absent),
    }
    if table is not None and table.kind != "table":
        name = "grades.csv" if table.kind == "canvas" else "grades-moodle.csv"
        tables[name], report.remarks = filled_table(table, assignment, points, rows, column)
    write_whole({folder / name: text for name, text in tables.items()})
    report.tables = [folder / name for name in tables]
    report.feedback = feedback_for_moodle(folder, rows, table)
