"""Reads a module's source and its notebook, says clearly what is wrong with them, and gives both one canonical form."""

from __future__ import annotations

import ast
import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jupytext
import nbformat
from nbformat.notebooknode import NotebookNode

from .errors import CourseError

SOLUTION, HIDDEN, SCHEME = "SOLUTION", "HIDDEN TESTS", "MARK SCHEME"
KEPT_METADATA = ("nbgrader", "tags", "deletable", "editable")
KERNELSPEC = {"display_name": "Python 3", "language": "python", "name": "python3"}

_CELL = re.compile(r"^# ?%%")
_CELL_TYPE = re.compile(r"^# ?%%+[^\[={]*\[([^\]]*)\]")
_CELL_TYPES = {"markdown", "md", "raw"}
_MARK = re.compile(r"^\s*(?:###|===)\s*(BEGIN|END) (SOLUTION|HIDDEN TESTS|MARK SCHEME)\b(.*)$")
_EXPORT = re.compile(r"^#\|\s*exporti?\b", re.MULTILINE)
_GRADE_ID = re.compile(r"(?:(test|text)-)?(\d\d)-(\d\d)-[a-z0-9-]+")
_TASK = re.compile(r"\s*:?\s*(\d\d\.\d+)\s+(\S.*)")


@dataclass(frozen=True)
class Exercise:
    """What a grade id says: ``test-06-04-mul-backward`` is the test of exercise 06.4."""

    grade_id: str
    kind: str  # "exercise", "test" or "text"

    @property
    def number(self) -> str:
        module, exercise = re.findall(r"\d\d", self.grade_id)[:2]
        return f"{module}.{int(exercise)}"

    @classmethod
    def of(cls, grade_id: str) -> Exercise | None:
        found = _GRADE_ID.fullmatch(grade_id)
        return cls(grade_id, found.group(1) or "exercise") if found else None


def is_export(source: str) -> bool:
    """Whether a code cell belongs to the library."""
    return bool(_EXPORT.match(source.lstrip("\n")))


def without_marks(source: str) -> str:
    """A solution cell's code without the two marks around the solution."""
    return "\n".join(line for line in source.split("\n") if not (m := _MARK.match(line)) or m.group(2) != SOLUTION)


def read_text(path: Path) -> str:
    """A file's text, or a clear error."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise CourseError("the file is missing", file=path) from None
    except UnicodeDecodeError as error:
        raise CourseError(
            f"is not UTF-8 text (byte {error.start})", "Save it again with the encoding UTF-8.", file=path
        ) from error


def read_notebook(path: Path) -> NotebookNode:
    """A notebook in nbformat 4, or a clear error that names file and line."""
    text = read_text(path)
    try:
        nb = json.loads(text)
    except json.JSONDecodeError as error:
        what = "is empty" if not text.strip() else f"is not a notebook: {error.msg}"
        hint = "A notebook is JSON. Take an earlier version, or save it again from JupyterLab."
        raise CourseError(what, hint, file=path, line=error.lineno) from error
    if not isinstance(nb, dict) or ("cells" not in nb and "worksheets" not in nb):
        raise CourseError("is JSON, but not a notebook: it has no cells", file=path)
    for number, cell in enumerate(nb.get("cells", []), start=1):
        kind = cell.get("cell_type") if isinstance(cell, dict) else None
        if kind not in ("code", "markdown", "raw"):
            hint = "Cells are of type code, markdown or raw."
            raise CourseError(f"the cell type {kind!r} is unknown", hint, file=path, cell=number)
    try:
        return nbformat.reads(text, as_version=4)
    except Exception as error:  # nbformat raises many kinds
        raise CourseError(f"is not a valid notebook: {error}", file=path) from error


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
    nb = canonical(jupytext.reads(text, fmt="py:percent"))
    lines = starts if len(starts) == len(nb.cells) else None
    for number, cell in enumerate(nb.cells, start=1):
        check_cell(cell, path, number, lines[number - 1] if lines else None)
    check_grades(nb, path, lines)
    return nb


def check_cell(cell: NotebookNode, file: Path, number: int, start: int | None = None) -> None:
    """Refuse a cell whose marks are not balanced, whose code does not parse, or that would export a test."""

    def fail(message: str, line: int, hint: str | None = None) -> None:
        # A notebook's line is counted within the cell, a source file's within the file.
        raise CourseError(message, hint, file=file, cell=number, line=line + (start or 0))

    metadata = cell.metadata.get("nbgrader", {})
    open_mark: tuple[str, int] | None = None
    for at, line in enumerate(cell.source.split("\n"), start=1):
        mark = _MARK.match(line)
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
        at = {"file": file, "cell": number, "line": lines[number - 1] if lines else None}
        grade_id = metadata.get("grade_id")
        if not grade_id:
            raise CourseError("the nbgrader metadata has no grade_id", **at)
        if grade_id in seen:
            hint = f"Cell {seen[grade_id]} has it already; ids have to differ."
            raise CourseError(f"the grade id {grade_id!r} stands twice", hint, **at)
        seen[grade_id] = number
        if not (metadata.get("grade") or metadata.get("solution")):
            continue
        exercise = Exercise.of(grade_id)
        if exercise is None:
            hint = "They look like 06-04-mul-backward, test-06-04-mul-backward or text-06-21-memory."
            raise CourseError(f"the grade id {grade_id!r} does not say its exercise", hint, **at)
        if metadata.get("grade") and not isinstance(metadata.get("points"), (int, float)):
            raise CourseError(f"the graded cell {grade_id!r} has no points", **at)
        if exercise.kind == "exercise":
            exercises[exercise.number] = number
        else:
            tested.add(exercise.number)
    for number, cell_number in exercises.items():
        if number not in tested:
            at = {"file": file, "cell": cell_number, "line": lines[cell_number - 1] if lines else None}
            raise CourseError(f"exercise {number} has no test cell", "Add one whose grade id begins with test-.", **at)


def _cell_id(cell: NotebookNode, taken: set[str]) -> str:
    grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
    if grade_id:
        base = re.sub(r"[^a-zA-Z0-9_-]", "-", grade_id)[:60]
    else:
        base = "c-" + hashlib.sha256(f"{cell.cell_type}\n{cell.source}".encode()).hexdigest()[:10]
    name, count = base, 1
    while name in taken:
        count += 1
        name = f"{base}-{count}"
    taken.add(name)
    return name


def canonical(nb: NotebookNode) -> NotebookNode:
    """The same notebook in the one form that depends on its content only.

    No outputs, no counts, cell ids from grade ids or content, only metadata that means something here.
    """
    taken: set[str] = set()
    cells = []
    for cell in nb.cells:
        metadata = {key: cell.metadata[key] for key in KEPT_METADATA if cell.metadata.get(key) not in (None, [], {})}
        new: dict[str, Any] = {
            "cell_type": cell.cell_type,
            "id": "",
            "metadata": json.loads(json.dumps(metadata, sort_keys=True)),
            "source": cell.source.strip("\n"),
        }
        if cell.cell_type == "code":
            new |= {"execution_count": None, "outputs": []}
        node = nbformat.from_dict(new)
        node.id = _cell_id(node, taken)
        cells.append(node)
    metadata = {"kernelspec": KERNELSPEC, "language_info": {"name": "python"}}
    return nbformat.from_dict({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})


def digest(nb: NotebookNode) -> str:
    """A fingerprint of what a notebook says, whatever its outputs, ids and other metadata."""
    cells = [[cell.cell_type, cell.source, cell.metadata] for cell in canonical(nb).cells]
    return hashlib.sha256(json.dumps(cells, sort_keys=True).encode()).hexdigest()[:16]


def to_json(nb: NotebookNode) -> str:
    """A notebook as text: the same notebook gives the same bytes on every system."""
    return json.dumps(nb, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def to_percent(nb: NotebookNode, header_of: str | None = None) -> str:
    """A notebook as percent source; keeps the header of the text that it replaces."""
    clean = canonical(nb)
    clean.metadata = nbformat.from_dict({"kernelspec": KERNELSPEC})
    text = jupytext.writes(clean, fmt="py:percent")
    text = re.sub(r"\n{3,}(?=# %%)", "\n\n", text)  # one empty line between cells, whatever they hold
    header = re.compile(r"\A# ---\n(?:#.*\n)*?# ---\n")
    old = header.match(header_of or "")
    return header.sub(lambda _: old.group(0), text, count=1) if old else text
