"""nbgrader preprocessors that make the student edition."""

from __future__ import annotations

import re
from typing import Any

from nbformat.notebooknode import NotebookNode
from nbgrader import utils
from nbgrader.preprocessors import ClearSolutions, NbGraderPreprocessor

from ..base.marks import HIDDEN, SCHEME, SOLUTION, stub_of


class NameTheTask(ClearSolutions):
    """ClearSolutions, with a stub that says which exercise it is and what to do.

    nbgrader has one stub for all; ours takes the text behind ``### BEGIN SOLUTION``.
    """

    def _replace_solution_region(self, cell: NotebookNode, language: str) -> bool:
        if cell.cell_type != "code" or language != "python":
            return super()._replace_solution_region(cell, language)
        stub = stub_of(cell.source)
        replaced, cell.source = stub != cell.source, stub
        return replaced


def _is_test(cell: NotebookNode) -> bool:
    return cell.cell_type == "code" and bool(cell.metadata.get("nbgrader", {}).get("grade"))


class LockWhatIsGiven(NbGraderPreprocessor):
    """Lock prose and given code: a student answers in the exercises, and tries things in cells tagged `play`.

    Given code becomes one of nbgrader's read-only cells, so that grading puts it back when it was changed.
    """

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], cell_index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        if "play" in cell.metadata.get("tags", []):
            return cell, resources  # a place to try things
        if not cell.metadata.get("nbgrader") and cell.cell_type == "code":
            cell.metadata["nbgrader"] = {
                "grade": False,
                "grade_id": f"given-{cell.id.removeprefix('c-')}",
                "locked": True,
                "schema_version": 3,
                "solution": False,
                "task": False,
            }
        if {"setup", "folded"} & set(cell.metadata.get("tags", [])) or _is_test(cell):
            cell.metadata["jupyter"] = {"source_hidden": True}  # folded away: one click shows it
        if not utils.is_solution(cell):
            cell.metadata["editable"] = False
            cell.metadata["deletable"] = False
        return cell, resources


class NothingLeaves(NbGraderPreprocessor):
    """The last look: a student edition with a trace of a solution or of a hidden test is not written."""

    traces = re.compile(rf"(BEGIN|END) ({SOLUTION}|{HIDDEN}|{SCHEME})|check\.hidden\(")

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], cell_index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        trace = self.traces.search(cell.source)
        if trace:
            name = cell.metadata.get("nbgrader", {}).get("grade_id", f"number {cell_index + 1}")
            raise RuntimeError(f"cell {name} still holds {trace.group(0)!r} after stripping")
        return cell, resources
