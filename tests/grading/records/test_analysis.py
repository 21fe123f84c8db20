"""The figures of the item analysis, against a table computed by hand."""

from __future__ import annotations

import math

import pytest

from tinytorch_course.grading.model import ExerciseResult, Recorded, SubmissionResult
from tinytorch_course.grading.records.analysis import items, point_biserial
from tinytorch_course.grading.records.rows import Row

# student: points of three exercises of 4; the third is a text answer, None where nobody has read it.
TABLE = {
    "a": (4, 4, 4),
    "b": (4, 2, 1),
    "c": (4, 4, None),
    "d": (0, 0, 0),
    "e": (0, 4, 3),
    "f": (0, 0, None),
}
MESSAGES = {"d": "90.1 double: not written yet", "e": "90.1 double: the result came out wrong"}


def rows():
    made = []
    for student, points in TABLE.items():
        names = ("test-90-01-double", "test-90-02-shift", "text-90-03-why")
        exercises = [ExerciseResult(name, f"90.{at}", name[11:], 0.0, 4.0) for at, name in enumerate(names, 1)]
        exercises[0].message = MESSAGES.get(student, "90.1 double: a hidden check: the result came out wrong")
        exercises[0].hidden = student == "f"
        if student == "d":
            exercises[1].message, exercises[1].because = "90.2 shift: wrong", "90.1"
        scores = {name: float(value or 0) for name, value in zip(names, points)}
        auto = {**scores, names[2]: 0.0 if student == "d" else None}  # d left the answer empty
        recorded = Recorded(sum(scores.values()), 12, 0, False, scores=scores, auto=auto)
        recorded.waiting = {names[2]} if points[2] is None else set()
        made.append(Row(SubmissionResult(student, "90", "graded", exercises=exercises), recorded))
    return made


def test_shares_and_failures_are_those_of_the_table():
    first, second, third = items(rows())
    assert (first.answers, first.full, first.part, first.right, first.mean) == (6, 3, 0, 0.5, 2.0)
    assert (first.unwritten, first.visible, first.hidden, first.because) == (1, 1, 1, 0)
    assert (second.full, second.part, second.because) == (3, 1, 1) and second.mean == pytest.approx(14 / 6)
    assert (third.waiting, third.answers, third.empty, third.read, third.mean) == (2, 4, 1, 3, 2.0)


def test_the_correlation_is_the_one_computed_by_hand():
    """90.1 against the rest: right have 8, 3, 4 points elsewhere, wrong 0, 7, 0.

    Means 5 and 7/3, of all 11/3; squares of the distances 169/9, 4/9, 1/9, 121/9, 100/9, 121/9, together 516/9, a sixth of
    it 86/9; so (5 - 7/3) / sqrt(86/9) * sqrt(1/2 * 1/2) = 4 / sqrt(86) = 0.4313.
    """
    assert items(rows())[0].discrimination == pytest.approx(4 / math.sqrt(86))
    assert items(rows())[0].discrimination == pytest.approx(0.4313, abs=1e-4)


def test_the_correlation_is_the_textbooks():
    right, points = [True, False, True, True, False, False, True], [9.0, 4.0, 6.5, 7.0, 7.5, 1.0, 8.0]
    yes, no = [p for r, p in zip(right, points) if r], [p for r, p in zip(right, points) if not r]
    mean = sum(points) / len(points)
    spread = math.sqrt(sum((p - mean) ** 2 for p in points) / len(points))
    share = len(yes) / len(right)
    expected = (sum(yes) / len(yes) - sum(no) / len(no)) / spread * math.sqrt(share * (1 - share))
    assert point_biserial(right, points) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("right", "points"),
    [([True] * 6, [1.0, 2, 3, 4, 5, 6]), ([True, False] * 3, [2.0] * 6), ([True, False, True], [1.0, 2, 3])],
)
def test_where_a_correlation_says_nothing_there_is_none(right, points):
    assert point_biserial(right, points) is None


def test_a_common_mistake_becomes_a_sentence_for_the_lecture():
    many = [row for row in rows() if row.result.student == "e"] * 3 + rows()
    first = items(many)[0]
    assert first.lecture == "4 of 9: the result came out wrong"
    assert items(rows())[0].lecture == ""  # each mistake once
