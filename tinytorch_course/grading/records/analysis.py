"""What each exercise says about the class: how many have it right, how it goes wrong, whether it tells people apart."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ..model import ExerciseResult
from .rows import Row

_COMMON = 0.2  # of the class: a mistake that is worth a sentence in the next lecture
_FEWEST = 5  # for a correlation that means anything


@dataclass(frozen=True)
class Item:
    """One exercise over the class. Who waits for a person, and whose work could not be run, is not counted.

    Parameters
    ----------
    exercise : ExerciseResult
        Number, title and points.
    answers, full, part : int
        Answers with points, and how many of them have all, or some.
    waiting : int
        Answers that nobody has read yet.
    empty : int
        Text answers that were left as they were: nbgrader gives them no points, and nobody has looked.
    mean : float
        Points.
    visible, hidden, unwritten, because : int
        Failures by what found them: a check that students have, a hidden one only, a stub, an earlier exercise.
    discrimination : float or None
        Point-biserial correlation of having this exercise right with the points in all others. None for few answers,
        or where all have it right, or nobody.
    mistakes : list of (int, str)
        Known mistakes, and how many made them.
    common : list of (int, str)
        What else goes wrong most often.
    """

    exercise: ExerciseResult
    answers: int
    full: int
    part: int
    waiting: int
    empty: int
    mean: float
    visible: int
    hidden: int
    unwritten: int
    because: int
    discrimination: float | None
    mistakes: list[tuple[int, str]]
    common: list[tuple[int, str]]

    @property
    def right(self) -> float:
        """The share that has it right."""
        return self.full / self.answers if self.answers else 0.0

    @property
    def read(self) -> int:
        """Text answers that a person has given points."""
        return self.answers - self.empty

    @property
    def lecture(self) -> str:
        """One sentence for the next lecture, where one mistake is common: a known one rather than what a card says."""
        for count, text in [*self.mistakes, *self.common]:
            if count >= max(3, _COMMON * self.answers) and not text.startswith(("needs ", "not written yet")):
                return f"{count} of {self.answers}: {text}"
        return ""


def items(rows: Sequence[Row]) -> list[Item]:
    """The exercises of an assignment, over those whose submissions were run or graded by hand."""
    names = list(dict.fromkeys(exercise.name for row in rows for exercise in row.result.exercises))
    return [_item(name, rows) for name in names]


def _item(name: str, rows: Sequence[Row]) -> Item:
    found = [(row, exercise) for row in rows for exercise in row.result.exercises if exercise.name == name]
    exercise = found[0][1]
    waiting = sum(name in row.recorded.waiting for row, _ in found)
    found = [(row, item) for row, item in found if name not in row.recorded.waiting]
    scores = [row.recorded.scores.get(name, 0.0) for row, _ in found]
    failed = [item for (_, item), score in zip(found, scores) if score < item.max_score and item.message]
    kinds = Counter(map(_kind, failed))
    mistakes = Counter(item.mistake for item in failed if item.mistake)
    messages = Counter(first_line(item) for item in failed if not item.mistake)
    rest = [sum(row.recorded.scores.values()) - score for (row, _), score in zip(found, scores)]
    return Item(
        exercise,
        answers=len(found),
        full=sum(score >= exercise.max_score for score in scores),
        part=sum(0 < score < exercise.max_score for score in scores),
        waiting=waiting,
        empty=sum(row.recorded.auto.get(name) is not None and score == 0 for (row, _), score in zip(found, scores)),
        mean=statistics.fmean(scores) if scores else 0.0,
        visible=kinds["visible"],
        hidden=kinds["hidden"],
        unwritten=kinds["unwritten"],
        because=kinds["because"],
        discrimination=point_biserial([score >= exercise.max_score for score in scores], rest),
        mistakes=[(count, text) for text, count in mistakes.most_common()],
        common=[(count, text) for text, count in messages.most_common(3)],
    )


def _kind(item: ExerciseResult) -> str:
    if item.because:
        return "because"
    if "not written yet" in item.message.partition("\n")[0]:
        return "unwritten"
    return "hidden" if item.hidden else "visible"


def point_biserial(right: Sequence[bool], points: Sequence[float]) -> float | None:
    """The correlation of a yes or no with a number; None where it says nothing.

    It is Pearson's with yes as 1 and no as 0, which is (M1 - M0) / s * sqrt(p (1 - p)): the two groups' means, the standard
    deviation of all (with n in the denominator), the share of yes.
    """
    if len(right) < _FEWEST or len(set(right)) < 2 or len(set(points)) < 2:
        return None
    return statistics.correlation(list(map(float, right)), list(map(float, points)))


def first_line(exercise: ExerciseResult) -> str:
    """A failure in a line, without what is the submission's own."""
    if exercise.because:
        return f"needs {exercise.because}, which is not right"
    lines = exercise.message.splitlines()
    text = lines[0].split(": ", 1)[-1] if lines[0].startswith(exercise.number) else lines[0]
    error = next((line.strip().removeprefix("error").strip() for line in lines if line.startswith("  error")), "")
    return f"{text} ({error})"[:120] if error else text[:120]
