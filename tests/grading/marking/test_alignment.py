"""Finding the assignment's cells again takes a bounded time, whatever lies beside them."""

from __future__ import annotations

import json
import random
import time

import pytest

from tinytorch_course.grading.marking import execute
from tinytorch_course.grading.marking import prepare as preparing
from tinytorch_course.grading.marking.execute import some_fit
from tinytorch_course.grading.marking.limited import Exceeded
from tinytorch_course.grading.marking.prepare import prepare
from tinytorch_course.grading.model import Source, SourceCell

LONG = "\n".join(f"value_{at} = np.arange({at}, {at + 7}).reshape(-1, 1) * {at}" for at in range(60))


def cell(name, source, **more):
    flags = {"locked": True, "grade": False, "solution": False, "task": False, "points": 0.0}
    return SourceCell(name, "code", source=source, checksum=None, **{**flags, **more})


GIVEN = [cell(f"90-given-{at}", LONG.replace("value", f"value_{at}")) for at in range(12)]
ANSWER = cell("90-01-answer", "def answer(): ...", locked=False, solution=True)
SOURCE = Source("90_sample", "90_sample", (*GIVEN, ANSWER))


def notebook(*sources):
    cells = [{"cell_type": "code", "metadata": {}, "source": text, "outputs": []} for text in sources]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


def shaken(text, chance, swaps=20):
    letters = sorted(text)
    for _ in range(swaps):
        one, other = chance.randrange(len(letters)), chance.randrange(len(letters))
        letters[one], letters[other] = letters[other], letters[one]
    return "".join(letters)


def test_anagrams_of_given_cells_cost_seconds_and_not_hours():
    chance = random.Random(0)
    data = notebook(*(shaken(GIVEN[at % 12].source, chance) for at in range(800)), ANSWER.source)
    began = time.process_time()
    found = prepare(data, SOURCE)
    assert found.refused is None and time.process_time() - began < 20
    assert [c.name for c in found.cells if c.name] == [c.name for c in SOURCE.cells]


def test_thousands_of_other_cells_are_read_once_each(monkeypatch):
    """Not once for each cell that is missing."""
    calls = []
    monkeypatch.setattr(preparing, "defined_names", lambda code: calls.append(code) or set())
    prepare(notebook(*(f"x = {at}" for at in range(500))), Source("a", "a", tuple(
        cell(f"90-0{at}-answer", f"def f{at}(): ...", locked=False, solution=True) for at in range(9)
    )))  # fmt: skip
    assert len(calls) <= 500 + 9


def test_a_given_cell_with_a_slip_in_it_is_found_again():
    edited = GIVEN[3].source.replace("np.arange(5, 12)", "np.arange(5, 13)")
    found = prepare(notebook(edited, ANSWER.source), SOURCE)
    assert len(found.cells) == len(SOURCE.cells), "what was edited is that cell, and no cell of the student's beside it"


@pytest.mark.parametrize("what", ["fits", "does not", "takes too long"])
def test_whether_a_folder_holds_anything_of_the_assignment_is_asked_in_a_process_that_may_be_ended(monkeypatch, what):
    class Other:
        def call(self, seconds, function, data, source):
            if what == "takes too long":
                raise Exceeded("took longer than 30 s")
            return function(data, source)

        def close(self):
            closed.append(True)

    closed: list[bool] = []
    monkeypatch.setattr(execute, "Limited", Other)
    data = notebook(ANSWER.source if what == "fits" else "x = 1")
    assert some_fit([data], SOURCE) is (what != "does not") and closed == [True]
