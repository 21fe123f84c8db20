"""The class at a glance: one HTML page with pictures that needs nothing else, and tables that Canvas and Moodle import."""

from __future__ import annotations

from pathlib import Path

from ...base.errors import CourseError
from ...base.files import write_whole
from ..assignment import Assignment, open_to_group
from ..model import PERSON, Recorded, SubmissionResult
from .feedback_page import page as feedback_page
from .gradebook import Recorder
from .report_page import page
from .results import stored_results
from .rows import Report, Row, from_roster, own_code, relative_address, summary_of
from .similar import similar_pairs
from .tables import canvas_table, feedback_for_moodle, filled_table, moodle_table, remarks_table


def write_report(course_dir: Path, assignment: str) -> Path:
    """Write the report on an assignment and give the path of its page."""
    return make_report(course_dir, assignment).page


def make_report(course_dir: Path, assignment: str, *, roster: Path | None = None, column: str | None = None) -> Report:
    """Write ``report/<assignment>/`` in the course folder.

    report.html, grades.csv (Canvas), grades-moodle.csv, remarks.csv (everybody, with the reason where there is no
    score) and, for submissions from Moodle, feedback-moodle.zip. Scores are the gradebook's at this moment, so what people
    graded by hand counts. The students' feedback pages are written again with it, too.

    Parameters
    ----------
    roster : path, optional
        The table that Canvas or Moodle exported; its column is filled in. By default the one that was given before.
    column : str, optional
        The heading of the assignment's column there, where it cannot be told.
    """
    ground = Assignment.open(Path(course_dir), assignment)
    results = stored_results(ground)
    if not results:
        raise CourseError(
            f"no submission of {assignment} has been graded", f"Call `tinytorch grade {assignment}` first."
        )
    table = ground.keep_roster(Path(roster)) if roster is not None else ground.roster()
    if column is not None and (table is None or table.kind not in ("canvas", "moodle")):
        raise CourseError("--column names a column of a gradebook that Canvas or Moodle exported", "Give --roster too.")
    folder = Path(ground.directory.root) / "report" / assignment
    with Recorder(ground.directory, ground.source, ground.config) as recorder:
        held, people = recorder.students(), recorder.people()
        gone = [result.student for result in results if result.student not in held]
        results = [result for result in results if result.student in held]
        rows = []
        for result in results:
            recorded = recorder.renewed(result.student)
            result.seconds_late = recorded.seconds_late
            row = Row(result, recorded, *people.get(result.student, ("", "", "")))
            path = recorder.feedback_path(result.student)
            write_whole({path: feedback_page(result, recorded, ground.title(result.student))})
            row.page, row.feedback = path, relative_address(path, folder)
            row.notebook = relative_address(recorder.autograded_path(result.student), folder)
            row.lms_id = row.lms_id or result.lms_id
            rows.append(row)
        work = {result.student: own_code(recorder.autograded_path(result.student)) for result in results}
    missing = {
        student: Row(SubmissionResult(student, assignment, PERSON), Recorded(0, 0, 0, False), *about)
        for student, about in people.items()
    }
    if table is not None:
        from_roster(table, rows, missing, assignment)
    for row in rows:
        missing.pop(row.result.student, None)
    absent = sorted(missing.values(), key=lambda row: row.result.student)
    report = Report(folder / "report.html", summary_of(rows, absent))
    tables = {
        "grades.csv": canvas_table(assignment, [*rows, *absent], ground.source.max_score),
        "grades-moodle.csv": moodle_table(assignment, [*rows, *absent]),
        "remarks.csv": remarks_table(rows, absent),
    }
    if table is not None and table.kind != "table":
        name = "grades.csv" if table.kind == "canvas" else "grades-moodle.csv"
        tables[name], report.remarks = filled_table(table, assignment, ground.source.max_score, rows, column)
    if gone:
        report.remarks.append(
            f"not in the gradebook any more, and left out: {', '.join(gone)}. `tinytorch grade` puts back who is in submitted/."
        )
    for name, text in tables.items():
        write_whole({folder / name: text})
        report.tables.append(folder / name)
    report.feedback = feedback_for_moodle(folder, rows, table)
    write_whole({report.page: page(assignment, rows, absent, similar_pairs(work), report)})
    open_to_group(ground)
    return report
