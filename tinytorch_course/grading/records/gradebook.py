"""Writes down what came of a submission: one writer, nbgrader's own tables and values, files replaced in one step.

The gradebook gets what nbgrader's SaveAutoGrades and AssignLatePenalties write. What a person entered (manual scores,
extra credit, comments) is never touched.
"""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Collection, Mapping
from datetime import datetime, timezone, tzinfo
from pathlib import Path
from typing import Any

import nbformat
from nbformat.notebooknode import NotebookNode
from nbgrader import utils
from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    MissingEntry,
    Notebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from ...base.files import write_whole
from ..model import Cell, CellResult, Executed, Prepared, Recorded, Source
from .deadlines import Deadlines
from .harmless import harmless_source
from .penalties import Deadline, Penalties, PenaltyFailed
from .standing import Standing


def autograded_notebook(source: Source, prepared: Prepared, executed: Executed | None) -> NotebookNode:
    """The notebook that graders look at: as submitted, with the instructor's cells, with outputs."""
    known = source.by_name()
    results = executed.cells if executed else [CellResult() for _ in prepared.cells]
    cells = [
        _node(cell, known, result, position) for position, (cell, result) in enumerate(zip(prepared.cells, results))
    ]
    metadata = {"kernelspec": json.loads(source.kernelspec or "{}"), "language_info": {"name": "python"}}
    return nbformat.from_dict({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})


def _node(cell: Cell, known: Mapping[str, Any], result: CellResult, position: int) -> dict[str, Any]:
    metadata: dict[str, Any] = {}
    expected = known.get(cell.name or "")
    if expected is not None:
        metadata["nbgrader"] = {
            "grade_id": expected.name,
            "grade": expected.grade,
            "solution": expected.solution,
            "locked": expected.locked,
            "task": expected.task,
            "cell_type": expected.cell_type,
            "schema_version": 3,
            **({"checksum": expected.checksum} if expected.checksum else {}),
            **({"points": expected.points} if expected.grade or expected.task else {}),
        }
    given = expected is not None and expected.restored
    text = cell.source if given else harmless_source(cell.cell_type, cell.source)
    node: dict[str, Any] = {"cell_type": cell.cell_type, "id": f"c{position}", "metadata": metadata, "source": text}
    if cell.cell_type == "code":
        node |= {"execution_count": result.count, "outputs": result.outputs}
    elif cell.attachments:
        node["attachments"] = cell.attachments
    return node


def with_schemes(nb: Mapping[str, Any], schemes: Mapping[str, str]) -> dict[str, Any]:
    """The notebook with a mark scheme after each text answer that has one."""
    cells = []
    for cell in nb["cells"]:
        cells.append(cell)
        if scheme := schemes.get(_name_of(cell) or ""):
            text = "**Mark scheme**, for the person who grades:\n\n" + "\n".join(
                f"> {line}  " for line in scheme.split("\n")
            )
            cells.append({"cell_type": "markdown", "id": f"scheme-{len(cells)}", "metadata": {}, "source": text})
    return {**nb, "cells": cells}


def placeholder_notebook(source: Source, reason: str, repairs: list[str]) -> NotebookNode:
    """What graders see when a submission could not be executed: the reason, and the assignment's cells to grade by hand."""
    text = f"**This submission could not be graded automatically:** {reason}."
    if repairs:
        text += "\n\n" + "\n".join(f"- {repair}" for repair in repairs)
    cells = [Cell("markdown", text)]
    cells += [Cell(cell.cell_type, cell.source, cell.name) for cell in source.cells if cell.grade or cell.solution]
    return autograded_notebook(source, Prepared(tuple(cells)), None)


class Recorder:
    """The one writer of a grading run. Use as a context.

    Parameters
    ----------
    directory : CourseDirectory
        Where gradebook and folders are.
    source : Source
        The assignment.
    config : Config
        nbgrader's, for the late-penalty plugin.
    deadlines : Deadlines, optional
        Those of deadlines.csv; by default there are nbgrader's only.
    """

    def __init__(
        self, directory: CourseDirectory, source: Source, config: Config, deadlines: Deadlines | None = None
    ) -> None:
        self._directory, self._source, self._deadlines = directory, source, deadlines or Deadlines()
        self._late = Penalties(config, Path(directory.root))

    def __enter__(self) -> Recorder:
        self._gradebook = Gradebook(self._directory.db_url, self._directory.course_id)
        self._gradebook.db.remove()
        # Read again what may have changed, not everything after every commit.
        self._gradebook.db.configure(expire_on_commit=False)
        self._standing = Standing(self._gradebook, self._source, self._deadlines)
        return self

    def __exit__(self, *_: object) -> None:
        self._gradebook.close()
        self._gradebook.engine.dispose()

    # -- the gradebook ---------------------------------------------------------------------------------------------

    def known_scores(self) -> dict[str, dict[str, float | None]]:
        """Automatic scores that the gradebook holds, by student and grade id."""
        rows = (
            self._gradebook.db.query(Student.id, BaseCell.name, Grade.auto_score)
            .select_from(Grade)
            .join(BaseCell, BaseCell.id == Grade.cell_id)
            .join(SubmittedNotebook, SubmittedNotebook.id == Grade.notebook_id)
            .join(Notebook, Notebook.id == SubmittedNotebook.notebook_id)
            .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
            .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
            .join(Student, Student.id == SubmittedAssignment.student_id)
            .filter(Assignment.name == self._source.assignment, Notebook.name == self._source.notebook)
        )
        found: dict[str, dict[str, float | None]] = {}
        for student, cell, score in rows:
            found.setdefault(student, {})[cell] = score
        return found

    def students(self) -> set[str]:
        """Everybody of whom the gradebook holds a submission of this assignment."""
        return {student for (student,) in self._submissions()}

    def _submissions(self, *conditions: Any) -> Any:
        """A query of the students who have submissions, without the sums that nbgrader attaches to each of them."""
        query = self._gradebook.db.query(SubmittedAssignment.student_id)
        query = query.join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        return query.filter(Assignment.name == self._source.assignment, *conditions)

    def people(self) -> dict[str, tuple[str, str, str]]:
        """Name, address and LMS id of everybody in the gradebook."""
        found = {}
        for student in self._gradebook.students:
            name = ", ".join(filter(None, [student.last_name, student.first_name]))
            found[student.id] = (name, student.email or "", student.lms_user_id or "")
        return found

    def save(
        self,
        student: str,
        nb: NotebookNode,
        scores: Mapping[str, float | None],
        review: set[str],
        timestamp: datetime | None,
        same: Collection[str] = (),
    ) -> Recorded:
        """Write one submission's grades in one transaction.

        Parameters
        ----------
        scores : mapping
            Automatic score of each test, by grade id. Text answers are judged from `nb` as nbgrader does.
        review : set of str
            Grade ids that a person has to look at whatever their score.
        same : collection of str
            Grade ids whose work is what it was when it was recorded last: a person who has looked at it need not again.
        """
        database = self._gradebook.db
        extra = {"timestamp": timestamp} if timestamp is not None else {}
        try:
            with database.no_autoflush:
                if database.get(Student, student) is None:
                    self._gradebook.add_student(student)
                self._gradebook.update_or_create_submission(self._source.assignment, student, **extra)
                notebook = self._notebook(student)
            cells = {cell.metadata["nbgrader"]["grade_id"]: cell for cell in nb.cells if "nbgrader" in cell.metadata}
            auto = self._give_points(notebook, cells, scores, review, same)
            self._comment(notebook, cells)
            database.flush()
            problem = self._penalize_anew(student, notebook)
            database.commit()
        except BaseException:
            database.rollback()
            raise
        recorded = self.recorded(student)
        recorded.auto, recorded.penalty_problem = auto, problem
        return recorded

    def _give_points(
        self,
        notebook: SubmittedNotebook,
        cells: Mapping[str, NotebookNode],
        scores: Mapping[str, float | None],
        review: set[str],
        same: Collection[str],
    ) -> dict[str, float | None]:
        auto: dict[str, float | None] = {}
        for grade, name in self._of(Grade, notebook):
            cell = cells.get(name)
            if name in scores:
                grade.auto_score = scores[name]
            elif cell is not None and utils.is_grade(cell):
                grade.auto_score = utils.determine_grade(cell)[0]
            auto[name] = grade.auto_score
            if grade.manual_score is None:
                grade.needs_manual_grade = grade.auto_score is None or name in review
            elif name not in same:
                grade.needs_manual_grade = True  # as nbgrader does: what the person saw may have changed
        return auto

    def _comment(self, notebook: SubmittedNotebook, cells: Mapping[str, NotebookNode]) -> None:
        for comment, name in self._of(Comment, notebook):
            cell = cells.get(name)
            if cell is None:
                continue
            untouched = cell.metadata["nbgrader"].get("checksum") == utils.compute_checksum(cell)
            comment.auto_comment = "No response." if untouched and not utils.is_task(cell) else None

    def renewed(self, student: str, timestamp: datetime | None = None) -> Recorded:
        """What the gradebook says about a student, with the penalty as it is by today's deadline, points and plugin.

        Parameters
        ----------
        timestamp : datetime, optional
            When it was handed in, if that is known better now.
        """
        database = self._gradebook.db
        try:
            notebook = self._notebook(student)
            if timestamp is not None and notebook.assignment.timestamp != timestamp:
                notebook.assignment.timestamp = timestamp
                database.flush()
            problem = self._penalize_anew(student, notebook)
            database.commit()
        except BaseException:
            database.rollback()
            raise
        recorded = self.recorded(student)
        recorded.penalty_problem = problem
        return recorded

    def renewed_class(self) -> dict[str, Recorded]:
        """As `renewed`, of everybody who has a submission: in a handful of queries."""
        database, found = self._gradebook.db, self._standing.recorded()
        try:
            for notebook in self._standing.notebooks():
                recorded = found[notebook.assignment.student_id]
                points = recorded.score + recorded.late_penalty
                recorded.penalty_problem = self._penalize(
                    notebook.assignment.student_id, notebook, points, recorded.seconds_late
                )
                recorded.late_penalty = notebook.late_submission_penalty or 0.0
                recorded.score = points - recorded.late_penalty
            database.commit()
        except BaseException:
            database.rollback()
            raise
        return found

    def _penalize_anew(self, student: str, notebook: SubmittedNotebook) -> str:
        late = self._standing.late_by(notebook.assignment)
        if late > 0:
            self._gradebook.db.refresh(notebook)
        return self._penalize(student, notebook, notebook.score if late > 0 else 0.0, late)

    def _penalize(self, student: str, notebook: SubmittedNotebook, points: float, late: float) -> str:
        """Set the penalty; the reason if the plugin gives none that can be used. Then the one before stays."""
        penalty = None
        if late > 0:
            try:
                penalty = self._late.of(student, points, late)
            except PenaltyFailed as error:
                return str(error)
        if (notebook.late_submission_penalty or 0.0) != (penalty or 0.0):
            notebook.late_submission_penalty = penalty
        return ""

    def deadlines_said(self, home: tzinfo | None) -> list[str]:
        """When the assignment is due, for whom at another time, and what late work costs: lines for people."""
        due = self._deadlines.for_all(self._gradebook.find_assignment(self._source.assignment).duedate)
        longer = self._submissions(SubmittedAssignment.extension.isnot(None)).count()
        lines = [Deadline(due, longer).said(home), *self._deadlines.said(home)]
        return [line for line in [*lines, f"late work  {self._late.said}" * bool(self._late.said)] if line]

    def _notebook(self, student: str) -> SubmittedNotebook:
        return self._standing.notebooks(student).one()

    def _of(self, kind: type, notebook: SubmittedNotebook) -> list[Any]:
        """The grades or comments of a submission with the ids of their cells, in one query."""
        query = self._gradebook.db.query(kind, BaseCell.name).join(BaseCell, BaseCell.id == kind.cell_id)  # type: ignore[attr-defined]
        return query.filter(kind.notebook_id == notebook.id).populate_existing().all()  # type: ignore[attr-defined]

    def recorded(self, student: str) -> Recorded:
        """What the gradebook says about a student now, the person's part included."""
        return self._standing.recorded(student)[student]

    def holds(self, student: str) -> tuple[int, int, bool]:
        """How many points and comments of people hang on a student's submission, and whether the student goes with it.

        A student of whom the gradebook holds nothing else, not even a name, goes.
        """
        try:
            submission = self._gradebook.find_submission(self._source.assignment, student)
        except MissingEntry:
            return 0, 0, False
        grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
        comments = [comment for notebook in submission.notebooks for comment in notebook.comments]
        person = submission.student
        alone = len(person.submissions) == 1
        nameless = not any((person.first_name, person.last_name, person.email, person.lms_user_id))
        manual = sum(grade.manual_score is not None for grade in grades)
        return manual, sum(bool(comment.manual_comment) for comment in comments), alone and nameless

    def knows(self, student: str) -> bool:
        """Whether the gradebook has a submission of this student."""
        try:
            self._gradebook.find_submission(self._source.assignment, student)
        except MissingEntry:
            return False
        return True

    def rename(self, old: str, new: str) -> None:
        """Give a student's submission, with all points and comments, to another id; one that has no more of them goes."""
        book = self._gradebook
        try:
            submission = book.find_submission(self._source.assignment, old)
        except MissingEntry:
            return
        person = submission.student
        about = {name: getattr(person, name) for name in ("first_name", "last_name", "email", "lms_user_id")}
        submission.student = book.update_or_create_student(new, **{name: text for name, text in about.items() if text})
        book.db.commit()
        book.db.refresh(person)
        if not person.submissions:
            book.db.delete(person)
            book.db.commit()

    def remove(self, student: str, *, wholly: bool) -> None:
        """Take a student's submission out of the gradebook, or the student with it."""
        if wholly:
            self._gradebook.remove_student(student)
        else:
            self._gradebook.remove_submission(self._source.assignment, student)

    # -- files -----------------------------------------------------------------------------------------------------

    def autograded_path(self, student: str) -> Path:
        folder = self._directory.format_path(self._directory.autograded_directory, student, self._source.assignment)
        return Path(folder) / f"{self._source.notebook}.ipynb"

    def feedback_path(self, student: str) -> Path:
        folder = self._directory.format_path(self._directory.feedback_directory, student, self._source.assignment)
        return Path(folder) / f"{self._source.notebook}.html"

    def same_work(self, student: str, nb: NotebookNode) -> set[str]:
        """The graded cells whose work is what was recorded last: an answer's own text, all code for a test."""
        try:
            old = json.loads(self.autograded_path(student).read_text(encoding="utf-8"))["cells"]
            before = [(cell["cell_type"], _name_of(cell), "".join(cell["source"])) for cell in old]
        except (OSError, ValueError, KeyError, TypeError):
            return set()
        now = [(cell["cell_type"], _name_of(cell), cell["source"]) for cell in nb.cells]
        texts = {name: text for _, name, text in before if name}
        code = [text for kind, _, text in before if kind == "code"] == [text for kind, _, text in now if kind == "code"]
        return {name for kind, name, text in now if name and (code if kind == "code" else texts.get(name) == text)}

    def write_autograded(
        self, student: str, nb: NotebookNode, timestamp: str | None, extras: Mapping[str, Path]
    ) -> None:
        path = self.autograded_path(student)
        files = {path: _one_line_a_cell(with_schemes(nb, self._source.schemes))}
        if timestamp is not None:
            files[path.with_name("timestamp.txt")] = timestamp + "\n"
        write_whole(files, mode=0o444)
        for name, origin in extras.items():
            target = path.with_name(name)
            try:
                target.unlink(missing_ok=True)
                shutil.copy(origin, target, follow_symlinks=False)
            except OSError:
                continue
        self._for_the_exchange(student)

    def _for_the_exchange(self, student: str) -> None:
        """Give feedback what `nbgrader release_feedback` asks of everybody's: a time and a secret.

        Who handed in through nbgrader's exchange has both. Others get the time of grading and a secret that nobody knows,
        so their page is released where nobody finds it, and the command goes on to the next student.
        """
        home, target = self.autograded_path(student).parent, self.feedback_path(student).parent
        instead = {
            "timestamp.txt": lambda: f"{datetime.now(timezone.utc):%Y-%m-%d %H:%M:%S.%f} UTC\n",
            "submission_secret.txt": lambda: secrets.token_hex(32),
        }
        for name, make in instead.items():
            if not (home / name).is_file():
                write_whole({home / name: make()}, mode=0o444)
            write_whole({target / name: (home / name).read_bytes()})


def _one_line_a_cell(nb: Mapping[str, Any]) -> str:
    """A notebook's text. With an indent, Python's slow writer would take longer than everything else about the gradebook."""
    cells = ",\n".join(json.dumps(cell, ensure_ascii=False) for cell in nb["cells"])
    others = json.dumps({name: value for name, value in nb.items() if name != "cells"}, ensure_ascii=False)
    return f'{{"cells": [\n{cells}\n], {others[1:]}\n'


def _name_of(cell: Mapping[str, Any]) -> str | None:
    return cell["metadata"].get("nbgrader", {}).get("grade_id")
