"""What the gradebook says about a class, or about one of it: three queries, however many there are."""

from __future__ import annotations

import sys
from collections import defaultdict
from typing import Any

from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    Notebook,
    SubmittedAssignment,
    SubmittedNotebook,
)
from sqlalchemy.orm import Query, contains_eager

from ..model import Recorded, Source
from .deadlines import Deadlines

_AT_ONCE = 1000  # rows that are read together: not all of a large class


class Standing:
    """The submissions of one assignment in an open gradebook.

    Parameters
    ----------
    gradebook : Gradebook
        nbgrader's, open.
    source : Source
        The assignment.
    deadlines : Deadlines
        Those of deadlines.csv.
    """

    def __init__(self, gradebook: Gradebook, source: Source, deadlines: Deadlines) -> None:
        self._database, self._source, self._deadlines = gradebook.db, source, deadlines

    def late_by(self, submission: SubmittedAssignment) -> float:
        """How many seconds after the student's deadline it came."""
        due = self._deadlines.due(submission.student_id, submission.assignment.duedate, submission.extension)
        when = submission.timestamp
        return 0.0 if due is None or when is None else max(0.0, (when - due).total_seconds())

    def notebooks(self, student: str | None = None) -> Query[SubmittedNotebook]:
        """The submitted notebooks with their assignments, without the sums that nbgrader attaches to each of them."""
        submission, assignment = SubmittedNotebook.assignment, SubmittedAssignment.assignment
        query = self._of_assignment(self._database.query(SubmittedNotebook), student)
        return (
            query.options(
                contains_eager(submission).contains_eager(assignment).load_only(Assignment.duedate),
                contains_eager(submission).load_only(
                    SubmittedAssignment.timestamp, SubmittedAssignment.extension, SubmittedAssignment.student_id
                ),
            )
            .populate_existing()
            .yield_per(_AT_ONCE)
        )

    def recorded(self, student: str | None = None) -> dict[str, Recorded]:
        """What is recorded now, the person's part included, by student.

        Parameters
        ----------
        student : str, optional
            Only this one.
        """
        recorded: dict[str, Recorded] = {}
        found, comments = self._grades(student), self._comments(student)
        for notebook in self.notebooks(student):
            one = found[notebook.id]
            one.late_penalty = notebook.late_submission_penalty or 0.0
            one.score = sum(one.scores.values()) - one.late_penalty
            one.comments, one.seconds_late = comments[notebook.id], self.late_by(notebook.assignment)
            recorded[notebook.assignment.student_id] = one
        return recorded

    def _grades(self, student: str | None) -> defaultdict[str, Recorded]:
        """The points by notebook."""
        wanted = (Grade.score, Grade.auto_score, Grade.manual_score, Grade.needs_manual_grade)
        query = self._database.query(Grade.notebook_id, BaseCell.name, *wanted).select_from(Grade)
        query = query.join(BaseCell, BaseCell.id == Grade.cell_id)
        query = self._of_assignment(query.join(SubmittedNotebook, SubmittedNotebook.id == Grade.notebook_id), student)
        found: defaultdict[str, Recorded] = defaultdict(lambda: Recorded(0.0, self._source.max_score, 0.0, False))
        texts = {cell.name for cell in self._source.cells if cell.is_text}
        same: dict[Any, Any] = {}  # a class has few different points
        for notebook, name, score, auto, manual, needs in query.yield_per(_AT_ONCE):
            one, name = found[notebook], sys.intern(name)
            one.scores[name], one.auto[name] = same.setdefault(score, score), same.setdefault(auto, auto)
            one.needs_manual_grade |= bool(needs)
            one.by_person |= manual is not None
            # An answer that was changed since keeps what a person gave the one before, and is to be read again.
            if (auto is None and manual is None) or (needs and manual is not None and name in texts):
                one.waiting.add(name)
        return found

    def _comments(self, student: str | None) -> defaultdict[str, dict[str, str]]:
        query = self._database.query(Comment.notebook_id, BaseCell.name, Comment.comment).select_from(Comment)
        query = query.join(BaseCell, BaseCell.id == Comment.cell_id)
        query = query.join(SubmittedNotebook, SubmittedNotebook.id == Comment.notebook_id)
        found: defaultdict[str, dict[str, str]] = defaultdict(dict)
        for notebook, name, text in self._of_assignment(query, student).yield_per(_AT_ONCE):
            if text:
                found[notebook][name] = text
        return found

    def _of_assignment(self, query: Query[Any], student: str | None) -> Query[Any]:
        """Keep of a query over submitted notebooks those of this assignment, and of this student."""
        query = (
            query.join(Notebook, Notebook.id == SubmittedNotebook.notebook_id)
            .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
            .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
            .filter(Notebook.name == self._source.notebook, Assignment.name == self._source.assignment)
        )
        return query if student is None else query.filter(SubmittedAssignment.student_id == student)
