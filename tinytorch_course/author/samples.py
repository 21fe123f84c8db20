"""Submissions made from a module's own source: for the demo, and for tests that need a class."""

from __future__ import annotations

import copy
import re
from collections.abc import Collection, Mapping
from pathlib import Path

import nbformat
from nbformat.notebooknode import NotebookNode

from ..base.course import Module
from ..base.marks import GradeId, stub_of, without_marks
from .release import stripped
from .source import read_source

_STUB = re.compile(r"^(\s*)raise NotImplementedError\(.*\)$", re.MULTILINE)


def exercise_ids(module: Module) -> list[str]:
    """Grade ids of the cells that a student writes, in their order."""
    cells = read_source(module.src).cells
    return [c.metadata.nbgrader.grade_id for c in cells if c.metadata.get("nbgrader", {}).get("solution")]


def reference_cells(module: Module) -> dict[str, str]:
    """The reference solution of each exercise, as a student would have typed it."""
    cells = [c for c in read_source(module.src).cells if c.metadata.get("nbgrader", {}).get("solution")]
    return {c.metadata.nbgrader.grade_id: without_marks(c.source) for c in cells}


def submission(
    module: Module,
    solved: Collection[str] | None = None,
    instead: Mapping[str, str] | None = None,
    edition: NotebookNode | None = None,
) -> NotebookNode:
    """A submitted notebook: the student edition with some exercises solved.

    Parameters
    ----------
    module : Module
    solved : collection of str, optional
        Grade ids of the exercises that hold the reference solution; by default all.
    instead : mapping of str to str, optional
        Other contents for some exercises, by grade id.
    edition : notebook, optional
        The module's student edition, when the caller has it already.
    """
    nb = copy.deepcopy(edition if edition is not None else stripped(module))
    reference = {} if solved is not None and not solved else reference_cells(module)  # it takes half a second
    wanted = {grade_id: reference[grade_id] for grade_id in (reference if solved is None else solved)} | dict(
        instead or {}
    )
    for cell in nb.cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        if grade_id in wanted and cell.metadata.nbgrader.get("solution"):
            cell.source = wanted[grade_id]
    return nb


def with_body(module: Module, grade_id: str, body: str) -> str:
    """An exercise's cell whose stub is replaced by `body`, one line of code."""
    cell = next(c for c in read_source(module.src).cells if c.metadata.get("nbgrader", {}).get("grade_id") == grade_id)
    return _STUB.sub(lambda stub: stub.group(1) + body, stub_of(cell.source), count=1)


def sample_class(module: Module) -> dict[str, NotebookNode]:
    """Five students: all right, nothing written, half done, a syntax error, an endless loop."""
    edition = stripped(module)
    code = [g for g in exercise_ids(module) if (e := GradeId.of(g)) and e.kind == "exercise"]
    middle = code[len(code) // 2]
    return {
        "ada-perfect": submission(module, edition=edition),
        "ben-blank": submission(module, solved=(), edition=edition),
        "cleo-half": submission(module, solved=code[: len(code) // 2], edition=edition),
        "dan-syntax": submission(module, instead={middle: with_body(module, middle, "return (")}, edition=edition),
        "eve-endless": submission(
            module, instead={middle: with_body(module, middle, "while True: pass")}, edition=edition
        ),
    }


def write_class(module: Module, notebooks: Mapping[str, NotebookNode], to: Path) -> None:
    """Write submissions as nbgrader lays them out: ``to/STUDENT/MODULE/MODULE.ipynb``."""
    for student, nb in notebooks.items():
        path = to / student / module.name / f"{module.name}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(nb, path)
