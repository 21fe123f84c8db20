"""Reads a module's source and its notebook, says clearly what is wrong with them, and gives both one canonical form."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import jupytext
import nbformat
from nbformat.notebooknode import NotebookNode

from ..base.code import without_magics
from ..base.errors import CourseError
from ..base.files import read_text
from ..base.marks import MARK, SOLUTION, GradeId, hidden_lines, is_export
from ..base.notebook import KERNELSPEC, canonical

# A comment such as `# ls of the losses` or `# %d is a number` is no command of a shell or of IPython's.
_PERCENT = {"extension": ".py", "format_name": "percent", "comment_magics": False}
_CELL = re.compile(r"^# ?%%")
_CELL_TYPE = re.compile(r"^# ?%%+[^\[={]*\[([^\]]*)\]")
_CELL_TYPES = {"markdown", "md", "raw"}
_TASK = re.compile(r"\s*:?\s*(\d\d\.\d+)\s+(\S.*)")


def read_source(path: Path) -> NotebookNode:
    """A module's ``.py`` source as a notebook, checked."""
    text = read_text(path)
    starts = [number for number, line in enumerate(text.split("\n"), start=1) if _CELL.match(line)]
    for cell, start in enumerate(starts, start=1):
        line = text.split("\n")[start - 1]
        kind = _CELL_TYPE.match(line)
        if kind and kind.group(1) not in _CELL_TYPES:
            hint = "A cell starts with `# %%` (code) or `# %% [markdown]`."
            raise CourseError(f"the cell type [{kind.group(1)}] is unknown", hint, file=path, cell=cell, line=start)
        if "nbgrader=" in line and "nbgrader={" not in line:
            raise CourseError("`nbgrader=` wants a JSON object in braces", file=path, cell=cell, line=start)
    nb = canonical(jupytext.reads(text, fmt=_PERCENT))
    lines = starts if len(starts) == len(nb.cells) else None
    for number, cell in enumerate(nb.cells, start=1):
        check_cell(cell, path, number, lines[number - 1] if lines else None)
    check_grades(nb, path, lines)
    return nb


def to_percent(nb: NotebookNode, header_of: str | None = None) -> str:
    """A notebook as percent source; keeps the header of the text that it replaces."""
    clean = canonical(nb)
    clean.metadata = nbformat.from_dict({"kernelspec": KERNELSPEC})
    text = jupytext.writes(clean, fmt=_PERCENT)
    text = re.sub(r"\n{3,}(?=# %%)", "\n\n", text)  # one empty line between cells, whatever they hold
    header = re.compile(r"\A# ---\n(?:#.*\n)*?# ---\n")
    old = header.match(header_of or "")
    return header.sub(lambda _: old.group(0), text, count=1) if old else text


def check_python(nb: NotebookNode, minimum: str, file: Path) -> None:
    """Refuse syntax that is newer than the oldest Python that the course promises to run on."""
    major, minor = map(int, minimum.split(".")[:2])
    for number, cell in enumerate(nb.cells, start=1):
        try:
            if cell.cell_type == "code":
                ast.parse(without_magics(cell.source), feature_version=(major, minor))
        except SyntaxError as error:
            hint = f"The course runs on Python {minimum} and later (min_python in settings.ini): write it in the older way."
            what = f"is newer than Python {minimum}: {error.msg}"
            raise CourseError(what, hint, file=file, cell=number, line=error.lineno) from error


def check_cell(cell: NotebookNode, file: Path, number: int, start: int | None = None) -> None:
    """Refuse a cell whose marks are not balanced, whose code does not parse, or that would export a test."""

    def fail(message: str, line: int, hint: str | None = None) -> None:
        # A notebook's line is counted within the cell, a source file's within the file.
        raise CourseError(message, hint, file=file, cell=number, line=line + (start or 0))

    metadata = cell.metadata.get("nbgrader", {})
    open_mark: tuple[str, int] | None = None
    for at, line in enumerate(cell.source.split("\n"), start=1):
        mark = MARK.match(line)
        if not mark:
            continue
        edge, what = mark.group(1), mark.group(2)
        if edge == "BEGIN" and open_mark:
            fail(f"BEGIN {what} inside the {open_mark[0]} block that began on line {open_mark[1] + (start or 0)}", at)
        if edge == "END" and (not open_mark or open_mark[0] != what):
            fail(f"END {what} without a BEGIN {what}", at)
        if edge == "BEGIN" and what == SOLUTION:
            if not metadata.get("solution"):
                fail(
                    "a solution block in a cell that is not an exercise",
                    at,
                    'Give the cell nbgrader metadata with "solution": true.',
                )
            if cell.cell_type == "code" and not _TASK.fullmatch(mark.group(3)):
                hint = "Write for example `### BEGIN SOLUTION 06.4 MulBackward.apply: return both gradients`."
                fail("a solution block has to say its exercise and its task", at, hint)
        open_mark = (what, at) if edge == "BEGIN" else None
    if open_mark:
        what, at = open_mark
        fail(f"BEGIN {what} has no END {what}", at, f"Add a line `### END {what}` to the same cell.")
    if cell.cell_type != "code":
        return
    hidden = "\n".join(hidden_lines(cell.source))
    if metadata.get("grade") and "check." in hidden and not re.search(r"check\.(equal|same)\(", hidden):
        hint = "A condition could be forged: send a value out with check.equal or check.same."
        fail("the hidden checks of this test send out no value", 0, hint)
    if is_export(cell.source) and ("HIDDEN TESTS" in cell.source or metadata.get("grade")):
        fail("a test is marked for export", 1, "Take `#| export` out of the test cell.")
    code = "\n".join("pass" if re.match(r"\s*[%!]", line) else line for line in cell.source.split("\n"))
    try:
        ast.parse(code)
    except SyntaxError as error:
        fail(f"is not valid Python: {error.msg}", error.lineno or 1)


def check_grades(nb: NotebookNode, file: Path, lines: list[int] | None = None) -> None:
    """Refuse grade ids that are double, malformed or that leave an exercise without a test."""
    seen: dict[str, int] = {}
    exercises: dict[str, int] = {}
    tested: set[str] = set()
    for number, cell in enumerate(nb.cells, start=1):
        metadata = cell.metadata.get("nbgrader")
        if not metadata:
            continue
        at: dict[str, Any] = {"file": file, "cell": number, "line": lines[number - 1] if lines else None}
        grade_id = metadata.get("grade_id")
        if not grade_id:
            raise CourseError("the nbgrader metadata has no grade_id", **at)
        if grade_id in seen:
            hint = f"Cell {seen[grade_id]} has it already; ids have to differ."
            raise CourseError(f"the grade id {grade_id!r} stands twice", hint, **at)
        seen[grade_id] = number
        if not (metadata.get("grade") or metadata.get("solution")):
            continue
        exercise = GradeId.of(grade_id)
        if exercise is None or not exercise.is_well_formed:
            hint = "They look like 06-04-mul-backward, test-06-04-mul-backward or text-06-21-memory."
            raise CourseError(f"the grade id {grade_id!r} does not say its exercise", hint, **at)
        if metadata.get("grade") and not isinstance(metadata.get("points"), (int, float)):
            raise CourseError(f"the graded cell {grade_id!r} has no points", **at)
        if exercise.kind == "exercise":
            exercises[exercise.number] = number
        else:
            tested.add(exercise.number)
    for missing, cell_number in exercises.items():
        if missing not in tested:
            line = lines[cell_number - 1] if lines else None
            hint = "Add one whose grade id begins with test-."
            raise CourseError(f"exercise {missing} has no test cell", hint, file=file, cell=cell_number, line=line)
