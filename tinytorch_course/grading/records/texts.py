"""Text answers, question by question: a page with the mark scheme and the answers in groups, and a table to fill in."""

from __future__ import annotations

import csv
import functools
import hashlib
import io
import itertools
import json
import math
import re
import shutil
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from markupsafe import Markup
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbgrader.api import Assignment as BookAssignment
from nbgrader.api import BaseCell, Comment, Grade, Gradebook, Notebook, Student, SubmittedAssignment, SubmittedNotebook
from sqlalchemy.orm import Query

from ...base.errors import CourseError
from ...base.files import write_whole
from ...base.marks import MARK, number_of, without_marks
from ...base.printable import printable
from ..assignment import Assignment, open_gradebook, open_to_group
from ..inbox.filling import as_typed, harmless
from ..inbox.spreadsheet import table_lines
from ..model import SourceCell
from .answers import Answer, Group, differences, grouped, words
from .comments import ALL, Ready, library_of, number_or_none
from .harmless import harmless_markdown
from .own_work import own_cells
from .pages import render
from .results import stored_results

COLUMNS = ("student", "question", "group", "points", "comment", "answer", "before")
NO_ANSWER = "(no answer)"
EVERYBODY = "*"  # in place of a student: all of the group
LIBRARY = "(library)"  # in place of a student: the comment is one to be given again
LONGEST = 5_000  # characters of an answer on the page and in the table
OPEN, OR = "open", " or "  # of the column before: what the gradebook had


@dataclass
class Entered:
    """What the gradebook says about one answer.

    Parameters
    ----------
    points : float or None
        None while nobody has given any, or the answer is another one than they were given for.
    comment : str
    by_person : bool
        Whether a person has given the points.
    earlier : float or None
        What a person gave an answer that the student has changed since.
    """

    points: float | None = None
    comment: str = ""
    by_person: bool = False
    earlier: float | None = None

    @property
    def held(self) -> str:
        """The points as the column ``before`` has them."""
        return OPEN if self.points is None else f"{self.points:g}"


@dataclass
class Question:
    """A question that people grade, with what the class wrote."""

    cell: SourceCell
    prose: str
    scheme: str
    reference: str
    groups: list[Group] = field(default_factory=list)
    blank: list[str] = field(default_factory=list)  # students who wrote nothing
    entered: dict[str, Entered] = field(default_factory=dict)  # by student
    left_out: Container[str] = ()  # students whose submission could not be graded

    @property
    def number(self) -> str:
        return number_of(self.cell.name)

    @functools.cached_property
    def texts(self) -> dict[str, str]:
        """What each student wrote, once all have been read."""
        wrote = {answer.student: answer.text for group in self.groups for answer in group.answers}
        return wrote | dict.fromkeys(self.blank, "")

    @property
    def pieces(self) -> int:
        """How many groups there are; those who wrote nothing are one."""
        return len(self.groups) + bool(self.blank)

    @property
    def waiting(self) -> int:
        """How many answers nobody has given points as they are now."""
        return sum(entered.points is None for entered in self.entered.values())


@dataclass
class Written:
    """What `write_texts` wrote."""

    table: Path
    pages: list[Path]
    questions: list[Question]
    left_out: list[str]  # students whose submission could not be graded
    aside: Path | None = None  # the table that was there, if somebody had written in it


def write_texts(course_dir: Path, assignment: str) -> Written:
    """Write ``report/<assignment>/texts/``, a page a question, and ``texts.csv`` beside it.

    Raises
    ------
    CourseError
        When the assignment has no question for people, or nothing has been graded.
    """
    ground = Assignment.open(Path(course_dir), assignment)
    with open_gradebook(ground.directory) as gradebook:
        questions, left_out = read_questions(ground, gradebook)
        names = {one.id: ", ".join(filter(None, [one.last_name, one.first_name])) for one in gradebook.students}
    if (roster := ground.roster()) is not None:
        names |= {person.student: person.name for person in roster.people if not names.get(person.student)}
    folder = Path(ground.directory.root) / "report" / assignment
    shutil.rmtree(folder / "texts", ignore_errors=True)
    library = library_of(Path(ground.directory.root))
    pages = {
        folder / "texts" / f"{question.cell.name}.html": _page(question, names, questions, library, assignment)
        for question in questions
    }
    table, known = folder / "texts.csv", ground.store / "texts.known"
    text = _table(questions)
    entries = _entries(csv.reader(io.StringIO(text, newline="")))
    aside = _put_aside(table, known, entries)
    write_whole({**pages, table: text, known: "\n".join(sorted(entries.elements()))})
    open_to_group(ground)
    return Written(table, list(pages), questions, left_out, aside)


def read_questions(ground: Assignment, gradebook: Gradebook) -> tuple[list[Question], list[str]]:
    """The questions with all answers, and the students who are left out: no grade was given for what they handed in."""
    questions = _questions(ground)
    if not questions:
        raise CourseError(f"{ground.assignment} has no question that a person grades", "There is nothing to write.")
    ungradable = {result.student for result in stored_results(ground) if not result.gradable}
    by_name = {question.cell.name: question for question in questions}
    left_out = set()
    wanted = (Grade.score, Grade.auto_score, Grade.manual_score, Grade.needs_manual_grade)
    for student, name, score, auto, manual, again in answers_of(gradebook, ground, Grade, by_name, *wanted):
        if student in ungradable:
            left_out.add(student)
        elif again and manual is not None:
            by_name[name].entered[student] = Entered(earlier=manual)
        else:
            points = None if auto is None and manual is None else score
            by_name[name].entered[student] = Entered(points, by_person=manual is not None)
    for student, name, comment in answers_of(gradebook, ground, Comment, by_name, Comment.manual_comment):
        if student in by_name[name].entered:
            by_name[name].entered[student].comment = comment or ""
    students = sorted({student for question in questions for student in question.entered})
    if not students:
        raise CourseError(
            f"no submission of {ground.assignment} has been graded",
            f"Call `tinytorch grade {ground.assignment}` first.",
        )
    wrote = {student: _texts_of(ground, student, by_name) for student in students}
    for question in questions:
        name, stub, question.left_out = question.cell.name, words(question.cell.source), left_out
        texts = {student: wrote[student].get(name, "") for student in question.entered}
        answers = [Answer(one, text) for one, text in texts.items() if words(text) not in ((), stub)]
        question.groups = grouped(answers)
        question.blank = sorted(texts.keys() - {answer.student for answer in answers})
    return questions, sorted(left_out)


def _questions(ground: Assignment) -> list[Question]:
    reference = _reference(ground)
    given = [*(cell.source for cell in ground.source.cells if cell.locked and not cell.grade), *ground.source.prose]
    found = []
    for cell in ground.source.cells:
        if not cell.is_text:
            continue
        heading = re.compile(rf"^#+ {re.escape(number_of(cell.name))}\b", re.MULTILINE)
        prose = next((text for text in given if heading.search(text)), "")
        found.append(Question(cell, prose, ground.source.schemes.get(cell.name, ""), reference.get(cell.name, "")))
    return found


def _reference(ground: Assignment) -> dict[str, str]:
    """What the instructor's notebook answers, by grade id."""
    path = ground.step("source") / ground.assignment / f"{ground.source.notebook}.ipynb"
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        texts = {cell["metadata"].get("nbgrader", {}).get("grade_id", ""): "".join(cell["source"]) for cell in cells}
    except (OSError, ValueError, KeyError):
        return {}
    return {name: _without_scheme(text) for name, text in texts.items()}


def _without_scheme(text: str) -> str:
    lines, inside = [], False
    for line in without_marks(text).split("\n"):
        if found := MARK.match(line):
            inside = found.group(1) == "BEGIN"
        elif not inside:
            lines.append(line)
    return "\n".join(lines).strip()


def answers_of(
    gradebook: Gradebook, ground: Assignment, kind: type, names: Iterable[str] | None = None, *wanted: Any
) -> Query[Any]:
    """The grades or comments of an assignment, each with its student and the id of its cell.

    Parameters
    ----------
    kind : type
        nbgrader's ``Grade`` or ``Comment``.
    names : iterable of str, optional
        Only those of the cells with these ids.
    wanted
        Columns of it; by default all of it, as something that can be changed.
    """
    query = (
        gradebook.db.query(Student.id, BaseCell.name, *(wanted or (kind,)))
        .select_from(kind)
        .join(BaseCell, BaseCell.id == kind.cell_id)  # type: ignore[attr-defined]
        .join(SubmittedNotebook, SubmittedNotebook.id == kind.notebook_id)  # type: ignore[attr-defined]
        .join(Notebook, Notebook.id == SubmittedNotebook.notebook_id)
        .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
        .join(BookAssignment, BookAssignment.id == SubmittedAssignment.assignment_id)
        .join(Student, Student.id == SubmittedAssignment.student_id)
        .filter(BookAssignment.name == ground.assignment, Notebook.name == ground.source.notebook)
        .yield_per(1000)  # not all of a large class at once
    )
    return query if names is None else query.filter(BaseCell.name.in_(list(names)))


def _texts_of(ground: Assignment, student: str, names: Container[str]) -> dict[str, str]:
    """What a student wrote in the cells with these grade ids; empty where the graded notebook is not there."""
    folder = ground.directory.format_path(ground.directory.autograded_directory, student, ground.assignment)
    return {
        cell.name: cell.source
        for cell in own_cells(Path(folder, f"{ground.source.notebook}.ipynb"))
        if cell.name in names
    }


# -- the page ------------------------------------------------------------------------------------------------------


def _page(
    question: Question,
    names: Mapping[str, str],
    questions: Sequence[Question],
    library: Sequence[Ready],
    assignment: str,
) -> str:
    def shown(student: str) -> str:
        return f"{names[student]} ({student})" if names.get(student) else student

    groups = []
    for group in question.groups:
        first = cut(group.variants[0][0].text)
        variants = [
            (differences(cut(variant[0].text), first), [shown(answer.student) for answer in variant])
            for variant in group.variants
        ]
        entered = [question.entered[answer.student] for answer in group.answers]
        comments = sorted({one.comment for one in entered} - {""})
        groups.append((group, variants, [_said(one) for one in entered], comments, _given(entered)))
    file = f"{assignment}-{question.number}.csv"
    return render(
        "texts",
        runs="marking",
        question=question,
        asked=Markup(_as_html(question.prose)),
        questions=questions,
        groups=groups,
        blank=[shown(student) for student in question.blank],
        blank_ids=[printable(student) for student in question.blank],
        blank_given=_given([question.entered[student] for student in question.blank]),
        no_answer=NO_ANSWER,
        everybody=EVERYBODY,
        library_row=LIBRARY,
        library=[
            {"points": "" if one.points is None else f"{one.points:g}", "comment": one.comment}
            for one in library
            if one.question in (ALL, question.cell.name, question.number)
        ],
        file=file,
        command=f"tinytorch texts {assignment} --in {file}",
    )


def _as_html(text: str) -> str:
    """The question as a notebook shows it; what would run in it is text, as in what students write."""
    renderer = IPythonRenderer(escape=False, exclude_anchor_links=True)
    return MarkdownWithMath(renderer=renderer).render(harmless_markdown(text))


def cut(text: str) -> str:
    """An answer as page and table have it."""
    more = len(text) - LONGEST
    return f"{text[:LONGEST]} … (cut: {more} characters more)" if more > 0 else text


def _given(entered: Sequence[Entered]) -> dict[str, Any]:
    """What the page's script is told about a group: what all have alike, which points there are, how many wait."""
    points, comment = _of_all(entered)
    held = OR.join(sorted({one.held for one in entered}))
    return {"points": points, "comment": comment, "held": held, "open": sum(one.points is None for one in entered)}


def _of_all(entered: Sequence[Entered]) -> tuple[str, str]:
    """Points and comment that people have entered for all of a group alike."""
    points, comments = ({cells[at] for cells in map(_cells, entered)} for at in (0, 1))
    return points.pop() if len(points) == 1 else "", comments.pop() if len(comments) == 1 else ""


def _said(entered: Entered) -> str:
    return entered.held if entered.earlier is None else f"{OPEN} ({entered.earlier:g} for another answer before)"


# -- the table -----------------------------------------------------------------------------------------------------


def _table(questions: Sequence[Question]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for question in questions:
        for row in _rows(question):
            writer.writerow([harmless(printable(text)) for text in row])
    return "\ufeff" + out.getvalue()


def _put_aside(table: Path, known: Path, new: Counter[str]) -> Path | None:
    """Rename a table in which somebody has written since it was written, what is not in the new one: it was not taken in."""
    if not table.is_file():
        return None
    try:
        lines, _ = table_lines(table)
    except CourseError:  # saved as a workbook, say
        lines = [[*COLUMNS], ["", "", "", "?", "?"]]
    ours = Counter(known.read_text(encoding="utf-8").splitlines()) if known.is_file() else Counter[str]()
    if _entries(lines) - ours <= new - ours:
        return None
    aside = next(path for at in itertools.count(1) if not (path := table.with_name(f"texts-{at}.csv")).exists())
    return table.rename(aside)


def _entries(lines: Iterable[Sequence[str]]) -> Counter[str]:
    """Fingerprints of a table's rows with points or a comment, alike however a spreadsheet has saved them."""
    found: Counter[str] = Counter()
    for line in itertools.islice(lines, 1, None):
        student, question, _, points, comment = map(as_typed, [*line, *[""] * 5][:5])
        if points or comment:
            number = number_or_none(points)
            said = points if number is None or math.isnan(number) else f"{number:g}"
            entry = (student, question, said, comment)
            found[hashlib.sha256("\0".join(entry).encode("utf-8", "replace")).hexdigest()] += 1
    return found


def _rows(question: Question) -> Iterator[list[str]]:
    """A row for each group of several, then one for each of its students; one who has what the group has is blank."""
    for group in question.groups:
        students = [answer.student for answer in group.answers]
        all_of_them = None
        if len(students) > 1:
            all_of_them = _of_all([question.entered[student] for student in students])
            note = f"({len(students)} answers) {cut(group.variants[0][0].text)}"
            held = _given([question.entered[student] for student in students])["held"]
            yield [EVERYBODY, question.cell.name, group.label, *all_of_them, note, held]
        for answer in group.answers:
            entered = question.entered[answer.student]
            own = ("", "") if _cells(entered) == all_of_them else _cells(entered)
            yield [answer.student, question.cell.name, group.label, *own, cut(answer.text), entered.held]
    for student in question.blank:
        entered = question.entered[student]
        yield [student, question.cell.name, "", *_cells(entered), NO_ANSWER, entered.held]


def _cells(entered: Entered) -> tuple[str, str]:
    """What people have entered: the 0 of an untouched answer is the grader's."""
    return f"{entered.points:g}" if entered.by_person else "", entered.comment
