"""The figures of the item analysis, against a table computed by hand."""

from __future__ import annotations

import dataclasses
import math
import re

import numpy as np
import pytest

from tinytorch_course.grading.model import ExerciseResult, Recorded, SubmissionResult
from tinytorch_course.grading.records.analysis import items, point_biserial
from tinytorch_course.grading.records.report_page import page
from tinytorch_course.grading.records.rows import Row
from tinytorch_course.grading.records.scatter import BASE, LEFT, RIGHT, TOP, scatter

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


def test_the_correlation_is_that_of_a_statistics_library():
    """Against `scipy.stats.pointbiserialr` 1.17.1, and NumPy's correlation of yes as 1 and no as 0."""
    right = [bool(at in (1, 7, 14, 17)) for at in range(20)]
    points = [70, 75.5, 65, 54, 62, 52, 71, 94, 61, 59, 79, 76.5, 72, 53.5, 69.5, 82.5, 46, 62, 36, 47]
    assert point_biserial(right, points) == pytest.approx(0.39835231646850633, abs=1e-14)
    assert point_biserial(right, points) == pytest.approx(np.corrcoef(right, points)[0, 1], abs=1e-14)


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


def test_a_known_mistake_comes_before_what_cards_say():
    """Counted by its sentence, whatever the card says; and the line for the lecture is about it, if it is common."""
    many = [row for _ in range(6) for row in rows() if row.result.student == "e"] + rows()
    for at, row in enumerate(many[:5]):
        (exercise, *_) = row.result.exercises = [dataclasses.replace(item) for item in row.result.exercises]
        exercise.mistake, exercise.message = "Doubles.", f"90.1 double: card {at}"
    first = items(many)[0]
    assert first.mistakes == [(5, "Doubles.")] and (2, "the result came out wrong") in first.common
    assert first.lecture == "5 of 12: Doubles."
    assert not [text for _, text in first.common if "card" in text]
    rare = items(many[3:])[0]  # two of nine with a name, two like the rest
    assert rare.mistakes == [(2, "Doubles.")] and rare.lecture == ""


def crowd(shares, values):
    """Items with these shares right and correlations."""
    made = []
    for at, (share, value) in enumerate(zip(shares, values), 1):
        exercise = ExerciseResult(f"test-90-{at:02}-it", f"90.{at}", "it", 0.0, 4.0)
        made.append(
            dataclasses.replace(items(rows())[0], exercise=exercise, answers=100, full=share, discrimination=value)
        )
    return made


def test_the_picture_has_each_exercise_at_its_share_and_its_correlation():
    picture = scatter(crowd([0, 50, 100, 80], [-0.5, 0.25, 1.0, None]))
    one, two, three = picture.dots
    assert one.x < two.x < three.x and two.x == pytest.approx((one.x + three.x) / 2)
    assert one.y - two.y == pytest.approx(two.y - three.y) and one.y > picture.zero > two.y  # up is more
    assert [dot.odd for dot in picture.dots] == [True, False, False]
    assert picture.left_out == ["90.4"] and "below 0: 90.1." in picture.summary
    assert "90.2 it: 50% right, tells apart 0.25" in two.title
    assert scatter(crowd([50], [0.3])) is None


@pytest.mark.parametrize("seed", range(4))
def test_labels_of_a_whole_module_cover_no_dot_and_no_other_label_and_no_line_runs_through_one(seed):
    random = np.random.default_rng(seed)
    shares, values = random.integers(70, 95, 25), random.uniform(0.25, 0.55, 25)
    dots = scatter(crowd(map(int, shares), map(float, values))).dots
    assert {dot.label for dot in dots} == {str(number) for number in range(1, 26)}
    for one in dots:
        assert LEFT < one.label_x < RIGHT and TOP < one.label_y < BASE
        for other in dots:
            apart = abs(one.label_x - other.label_x) >= 15 or abs(one.label_y - other.label_y) >= 26
            assert one is other or apart
            assert abs(one.label_x - other.x) >= 7 or abs(one.label_y - other.y) >= 7
            if one.far and one is not other:
                xs, ys = (np.linspace(*ends, 200) for ends in zip((one.x, one.y), one.lead_end))
                wide = 7.5 * len(other.label)
                assert not ((abs(xs - other.label_x) < wide - 2) & (abs(ys - other.label_y) < 11)).any()


def test_the_picture_shows_the_range_in_which_the_exercises_lie():
    """Catches: all of a module's exercises stand in the last quarter, one over the other."""
    picture = scatter(crowd([80, 95], [0.3, 0.4]))
    one, two = picture.dots
    assert two.x - one.x > 0.2 * (RIGHT - LEFT) and one.y - two.y > 0.1 * (BASE - TOP)
    assert [words for _, words in picture.across] == ["50%", "75%", "100%"]


def test_the_report_draws_it_and_says_what_its_words_mean():
    """For the keyboard and for those who listen, not only for the mouse; what students wrote is text."""
    class_ = rows()
    for row in class_:
        row.result.exercises[0].title = "<b>half</b>"
    text = page("90_sample", class_, [], [])
    assert 'aria-label="2 exercises, by the share that has each right' in text and "<b>half" not in text
    for word in ("right", "mean", "seen / hidden", "tells apart"):
        found = re.search(rf'<span class="term" tabindex="0" aria-describedby="([\w-]+)">{word}<', text)
        assert found and f'role="tooltip" id="{found[1]}"' in text
