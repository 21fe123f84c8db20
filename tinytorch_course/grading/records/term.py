"""The term on one page: modules in a row, totals, who falls behind, sections. From what the gradebook says now."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from nbgrader.api import Assignment as BookAssignment
from nbgrader.api import BaseCell, Grade, Gradebook, Notebook, Student, SubmittedAssignment, SubmittedNotebook
from nbgrader.coursedir import CourseDirectory
from sqlalchemy import case, func

from ...base.errors import CourseError
from ...base.files import write_whole
from ..assignment import Assignment, course_directory
from ..inbox.kept import Sections, all_kept
from ..inbox.roster import Roster
from ..model import PERSON
from .pages import render
from .progress import ClassProgress
from .results import stored_results

_WEAK = 0.5  # of a module's points


@dataclass(frozen=True)
class Mark:
    """What one student has in one module.

    Parameters
    ----------
    points : float or None
        None where there is no score: nothing was handed in, or it waits for a person.
    most : float
        What there is to be had.
    handed_in : bool
        Whether there is a submission.
    open : float
        Points of answers that are still to be read.
    earlier : float
        Those among `points` that were given for answers which were changed since.
    """

    points: float | None
    most: float
    handed_in: bool = True
    open: float = 0.0
    earlier: float = 0.0

    @property
    def provisional(self) -> bool:
        """Whether it may still grow."""
        return self.open > 0

    @property
    def is_weak(self) -> bool:
        """Whether it stays below half of the points, whatever is still to be read."""
        return self.points is not None and (self.points - self.earlier + self.open) < _WEAK * self.most

    @property
    def share(self) -> float | None:
        """Of the points that have been given or lost, between 0 and 1."""
        decided = self.most - self.open
        return None if self.points is None or decided <= 0 else (self.points - self.earlier) / decided


@dataclass
class Line:
    """A student over the term. `marks` has one place a module, in their order."""

    student: str
    name: str = ""
    section: str = ""
    marks: list[Mark] = field(default_factory=list)

    @property
    def total(self) -> float:
        """All points so far."""
        return sum(mark.points or 0.0 for mark in self.marks)

    @property
    def shares(self) -> list[float]:
        """Of the modules with a score, in their order."""
        return [mark.share for mark in self.marks if mark.share is not None]

    @property
    def trend(self) -> float | None:
        """The last module with a score against the mean of those before, in shares."""
        return self.shares[-1] - statistics.fmean(self.shares[:-1]) if len(self.shares) > 1 else None

    @property
    def behind(self) -> str:
        """Why somebody should ask how it goes; nothing for most."""
        last = self.marks[-2:]
        missed = sum(not mark.handed_in for mark in last)
        if missed and missed == len(last):
            return "handed in nothing lately" if any(mark.handed_in for mark in self.marks) else "never handed in"
        if not self.marks[-1].handed_in:
            return "did not hand in the last module"
        return f"less than {_WEAK:.0%} of the points lately" if all(mark.is_weak for mark in last) else ""


@dataclass(frozen=True)
class Module:
    """A module of the term, over those who have a score in it."""

    name: str
    most: float
    handed_in: int
    graded: int
    waiting: int
    mean: float | None  # points, were all answers read as well as those that have been
    so_far: bool  # answers wait
    page: str  # the address of its report, if there is one

    @property
    def number(self) -> str:
        """What stands before the name."""
        return self.name.partition("_")[0]


def make_term_report(course_dir: Path, progress: ClassProgress | None = None) -> Path:
    """Write ``report/index.html``, the page of the term, and give its path.

    Parameters
    ----------
    progress : ClassProgress, optional
        How far the class says that it is.

    Raises
    ------
    CourseError
        When nothing has been graded yet, and nobody has shared how far they are.
    """
    directory = course_directory(Path(course_dir).resolve())
    folder = Path(directory.root) / "report"
    grounds = [Assignment.open(Path(course_dir), name) for name in _graded(directory)]
    if not grounds and not (progress and progress.files):
        raise CourseError("nothing has been graded yet", "Call `tinytorch grade MODULE` first.")
    lines = _people(directory, all_kept(Path(directory.root, ".tinytorch", "grading")))
    modules: list[Module] = []
    for ground in grounds:
        marks = _marks(directory, ground)
        most = ground.source.max_score
        for student in marks.keys() - lines.keys():
            lines[student] = Line(student)
        for line in lines.values():
            line.marks += [Mark(None, most, handed_in=False)] * (len(modules) - len(line.marks))
            line.marks.append(marks.get(line.student, Mark(None, most, handed_in=False)))
        page = f"{ground.assignment}/report.html"
        modules.append(_module(ground.assignment, most, list(marks.values()), folder, page))
    people = sorted(lines.values(), key=lambda line: ((line.name or line.student).casefold(), line.student))
    path = folder / "index.html"
    write_whole({path: term_page(modules, people, progress)})
    return path


def _graded(directory: CourseDirectory) -> list[str]:
    """The assignments that this grader has graded, by name."""
    store = Path(directory.root, ".tinytorch", "grading")
    return sorted({path.parent.name for path in store.glob("*/*.json")})


def _people(directory: CourseDirectory, tables: Sequence[Roster]) -> dict[str, Line]:
    """Everybody whom the gradebook or a class's table knows."""
    with Gradebook(directory.db_url, directory.course_id) as gradebook:
        found = {
            student.id: Line(student.id, ", ".join(filter(None, [student.last_name, student.first_name])))
            for student in gradebook.students
        }
    for table in tables:
        for person in table.people:
            line = found.setdefault(person.student, Line(person.student))
            line.name = line.name or person.name
    sections = Sections(tables)
    for line in found.values():
        line.section = sections.of(line.student)
    return found


def _marks(directory: CourseDirectory, ground: Assignment) -> dict[str, Mark]:
    """The module's marks by student, in one query over the gradebook."""
    without = {result.student for result in stored_results(ground) if result.state == PERSON}
    with Gradebook(directory.db_url, directory.course_id) as gradebook:
        texts = [cell.name for cell in ground.source.cells if cell.is_text]
        # Nobody has given points yet, or for another answer than it is now.
        changed = Grade.needs_manual_grade & Grade.manual_score.isnot(None) & BaseCell.name.in_(texts)
        unread = (Grade.auto_score.is_(None) & Grade.manual_score.is_(None)) | changed
        rows = (
            gradebook.db.query(
                Student.id,
                func.sum(Grade.score),
                func.max(SubmittedNotebook.late_submission_penalty),
                func.sum(case((unread, Grade.max_score), else_=0.0)),
                func.sum(case((changed, Grade.manual_score), else_=0.0)),
                func.count(Grade.manual_score),
            )
            .select_from(Grade)
            .join(BaseCell, BaseCell.id == Grade.cell_id)
            .join(SubmittedNotebook, SubmittedNotebook.id == Grade.notebook_id)
            .join(Notebook, Notebook.id == SubmittedNotebook.notebook_id)
            .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
            .join(BookAssignment, BookAssignment.id == SubmittedAssignment.assignment_id)
            .join(Student, Student.id == SubmittedAssignment.student_id)
            .filter(BookAssignment.name == ground.assignment, Notebook.name == ground.source.notebook)
            .group_by(Student.id)
            .all()
        )
    most = ground.source.max_score
    found = {}
    for student, points, penalty, waiting, earlier, by_person in rows:
        score = points - (penalty or 0.0) if student not in without or by_person else None
        found[student] = Mark(score, most, open=waiting or 0.0, earlier=earlier or 0.0)
    return found


def _module(name: str, most: float, marks: Sequence[Mark], folder: Path, page: str) -> Module:
    shares = [mark.share for mark in marks if mark.share is not None]
    graded = sum(mark.points is not None for mark in marks)
    waiting = sum(mark.points is None or mark.provisional for mark in marks)
    mean = most * statistics.fmean(shares) if shares else None
    so_far = any(mark.provisional for mark in marks)
    return Module(name, most, len(marks), graded, waiting, mean, so_far, page if (folder / page).is_file() else "")


# -- the page ------------------------------------------------------------------------------------------------------


def term_page(modules: Sequence[Module], people: Sequence[Line], progress: ClassProgress | None = None) -> str:
    """The page as HTML."""
    return render(
        "term",
        runs="table",
        wide=True,
        modules=modules,
        people=people,
        most=sum(module.most for module in modules),
        behind=sorted((line for line in people if line.behind), key=lambda line: line.total),
        sections=_sections(people, len(modules)),
        spark=_spark,
        progress=progress,
    )


def _sections(people: Sequence[Line], modules: int) -> Mapping[str, list[float | None]]:
    """For each section how many are in it, and the mean share of each module."""
    names = sorted({line.section for line in people} - {""})
    found: dict[str, list[float | None]] = {}
    for name in names:
        own = [line for line in people if line.section == name]
        columns = [[s for line in own if (s := line.marks[at].share) is not None] for at in range(modules)]
        found[name] = [float(len(own)), *(statistics.fmean(column) if column else None for column in columns)]
    return found


def _spark(line: Line, wide: float = 90, tall: float = 18) -> str:
    """The points of a line through the modules with a score, from 0 at the bottom to all points at the top."""
    step = wide / max(1, len(line.marks) - 1)
    dots = [(at * step, mark.share) for at, mark in enumerate(line.marks) if mark.share is not None]
    return " ".join(f"{x + 2:.1f},{2 + tall * (1 - min(1.0, max(0.0, share))):.1f}" for x, share in dots)
