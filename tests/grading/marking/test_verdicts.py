"""Exercises in which a check is the answer: where submissions run, nothing says which verdict is right."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tinytorch_course.author.source import read_source
from tinytorch_course.base.course import Course
from tinytorch_course.grading.marking.blind import without_answers

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    "test",
    [
        "test-06-28-rule-is-right",
        "test-07-13-step-is-right",
        "test-08-13-step-is-right",
        "test-12-14-attention-is-right",
    ],
)
def test_the_hidden_variants_come_without_verdicts_and_descriptions(test: str):
    cells = read_source(Course(ROOT).module(test[5:7]).src).cells
    (cell,) = (cell for cell in cells if cell.metadata.get("nbgrader", {}).get("grade_id") == test)
    (full, blind) = (_hidden_table(code) for code in (cell.source, without_answers(cell.source) or ""))
    assert len(full) == len(blind) >= 8
    assert {row.elts[0].value for row in full} == {True, False}
    assert [[part.value for part in row.elts[:2]] for row in blind] == [[None, None]] * len(blind)


def _hidden_table(code: str) -> list[ast.Tuple]:
    """The rows of the last loop of a test cell."""
    loop = [
        node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.For) and isinstance(node.iter, ast.List)
    ][-1]
    return [row for row in loop.iter.elts if isinstance(row, ast.Tuple)]
