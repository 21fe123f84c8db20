"""The page that a student gets: points for each exercise, the failure card, where to look. No test code, no tracebacks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...base.marks import number_of
from ..model import PERSON, ExerciseResult, Recorded, SubmissionResult
from .pages import render


@dataclass(frozen=True)
class Piece:
    """An exercise on the page."""

    exercise: ExerciseResult
    anchor: str
    kind: str  # right, part, wrong, or waits for a person
    points: str
    lost: float
    comments: Sequence[str]

    @property
    def why(self) -> str:
        """Which kind of check took the points."""
        exercise = self.exercise
        if exercise.because:
            return f"it needs {exercise.because}, which is not right yet"
        if not exercise.message:
            return ""
        if exercise.hidden:
            return "a hidden check found it; those in your notebook pass"
        return "a check in your notebook shows it"


def page(result: SubmissionResult, recorded: Recorded, title: str) -> str:
    """The feedback page as HTML that needs nothing else."""
    comments = _comments(result, recorded)
    graded = result.exercises if result.gradable or recorded.by_person else []
    pieces = [piece_of(at, item, recorded, comments.get(item.name, ())) for at, item in enumerate(graded, 1)]
    return render(
        "feedback",
        title=title,
        total=_total(result, recorded),
        remarks=_remarks(result, recorded),
        lost=[piece for piece in pieces if piece.lost],
        person=result.reason if result.state == PERSON else "",
        repairs=result.repairs,
        pieces=pieces,
        comments=comments.get("", ()),
    )


def is_final(result: SubmissionResult, recorded: Recorded) -> bool:
    """Whether there is a score to hand on: of what needs a person only when a person has given points."""
    return result.state != PERSON or recorded.by_person


def _total(result: SubmissionResult, recorded: Recorded) -> str:
    if not result.gradable and not recorded.by_person:
        return "Not graded yet"
    return f"{recorded.score:g} of {recorded.max_score:g} points"


def _remarks(result: SubmissionResult, recorded: Recorded) -> list[str]:
    remarks = []
    if recorded.late_penalty:
        remarks.append(f"after {recorded.late_penalty:g} points for being late")
    if result.late:
        remarks.append(result.late)
    if not result.gradable and not recorded.by_person:
        remarks.append("it could not be graded; a person looks at it")
    elif open_points := points_open(result, recorded):
        remarks.append(f"so far: a person has yet to give up to {open_points:g} points")
    elif recorded.needs_manual_grade:
        remarks.append("a person looks at it" if result.state == PERSON else "some answers still wait for a person")
    return remarks


def points_open(result: SubmissionResult, recorded: Recorded) -> float:
    """How many points hang on answers that nobody has read yet."""
    return sum(exercise.max_score for exercise in result.exercises if exercise.name in recorded.waiting)


def _comments(result: SubmissionResult, recorded: Recorded) -> dict[str, list[str]]:
    """People's comments by graded cell. nbgrader keeps those on code at the solution, not at its test."""
    names = {exercise.name for exercise in result.exercises}
    by_number = {exercise.number: exercise.name for exercise in reversed(result.exercises)}
    found: dict[str, list[str]] = {}
    for name, comment in recorded.comments.items():
        if name not in names and comment == "No response.":  # the card says so already
            continue
        place = name if name in names else by_number.get(number_of(name), "")
        found.setdefault(place, []).append(comment)
    return found


def piece_of(at: int, exercise: ExerciseResult, recorded: Recorded, comments: Sequence[str] = ()) -> Piece:
    """An exercise with its points as the gradebook has them; `at` numbers it on its page."""
    score, most = recorded.scores.get(exercise.name, 0.0), exercise.max_score
    waits = exercise.name in recorded.waiting
    kind = "waits" if waits else "right" if score >= most else "part" if score > 0 else "wrong"
    points = "not graded yet" if waits else f"{score:g} of {most:g}"
    return Piece(exercise, f"e{at}", kind, points, 0.0 if waits else max(0.0, most - score), comments)
