"""Grades one submission where Gradescope runs it: ``/autograder/submission`` in, ``/autograder/results/results.json`` out.

The layout and the fields are those of https://gradescope-autograders.readthedocs.io/en/latest/specs/. What hidden checks
found is shown after the grades are published, and never how they ask.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import time
import traceback
from pathlib import Path
from typing import Any

from ..base.errors import CourseError
from ..base.files import write_whole
from ..base.printable import printable
from .grade import NothingFits, grade, prepare_class
from .model import ExerciseResult, SubmissionResult
from .sandbox.sandbox import runs_as
from .sandbox.walls import NOBODY, missing_reason

STUDENT = "student"
_VISIBLE, _LATER, _NEVER = "visible", "after_published", "hidden"
_LONGEST = 10_000  # characters of one message


def results(result: SubmissionResult, seconds: float) -> dict[str, Any]:
    """What goes into results.json: for each exercise what its visible checks say, and its points for later."""
    said = [f"Put right before grading: {line}." for line in result.repairs]
    if not result.gradable:
        return _without_grade(f"This could not be graded: {result.reason}.", seconds)
    if result.reason:
        said.append(f"This needs a person's attention: {result.reason}.")
    tests = [test for exercise in result.exercises for test in _tests(exercise)]
    if result.flags:
        tests.append(
            {"name": "For the instructor", "output": _text("\n".join(result.flags)), "visibility": _NEVER} | _POINTLESS
        )
    return {
        "execution_time": round(seconds),
        "output": _text("\n".join(said)),
        "stdout_visibility": _NEVER,
        "tests": tests,
    }


_POINTLESS = {"score": 0.0, "max_score": 0.0}


def _tests(exercise: ExerciseResult) -> list[dict[str, Any]]:
    name = f"{exercise.number} {exercise.title}"
    if exercise.score is None:
        text = f"A person reads this, for {exercise.max_score:g} points."
        return [{"name": name, "output": text, "visibility": _VISIBLE} | _POINTLESS]
    seen = exercise.passed or exercise.hidden
    visible = {
        "name": f"{name}: the checks in your notebook",
        "status": "passed" if seen else "failed",
        "output": "" if seen else _text(_message(exercise)),
        "visibility": _VISIBLE,
    }
    points = {
        "name": name,
        "score": exercise.score,
        "max_score": exercise.max_score,
        "status": "passed" if exercise.passed else "failed",
        "output": "" if exercise.passed else _text(_message(exercise)),
        "visibility": _LATER,
    }
    return [visible | _POINTLESS, points]


def _message(exercise: ExerciseResult) -> str:
    if exercise.because:
        return f"{exercise.message}\nThis uses {exercise.because}, which is not right yet.".strip()
    return exercise.message


def _text(text: str) -> str:
    return printable(text)[:_LONGEST]


def _without_grade(output: str, seconds: float) -> dict[str, Any]:
    return {
        "score": 0.0,
        "execution_time": round(seconds),
        "output": _text(output),
        "stdout_visibility": _NEVER,
        "tests": [],
    }


def _walls() -> bool:
    """Whether submissions run in bubblewrap here. If not, they run as a user who may not read the tests.

    Raises
    ------
    CourseError
        When neither is to be had.
    """
    reason = missing_reason()
    if reason is not None and runs_as()[0] != NOBODY:
        raise CourseError(
            f"a submission could read the hidden tests: {reason}, and there is no right to run it as another user",
            "Let the autograder run as root, as Gradescope does.",
        )
    return reason is None


def prepare(base: Path) -> None:
    """Make ready what all submissions share: the gradebook and the answers of the reference."""
    prepare_class(base / "source", _module(base), sandbox=_walls())


def run(base: Path) -> dict[str, Any]:
    """Grade what lies in ``submission``."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="tinytorch-") as folder:
        shutil.copytree(base / "submission", Path(folder, STUDENT), symlinks=True)
        try:
            found = grade(
                base / "source",
                _module(base),
                submitted=Path(folder),
                workers=1,
                sandbox=_walls(),
                progress=False,
                force=True,
            )
        except NothingFits as error:
            looks = f" What was handed in looks like {error.looks}." if error.looks else ""
            return _without_grade(
                f"This could not be graded: no notebook of {_module(base)} was handed in.{looks}", 0.0
            )
    if found.incomplete:
        raise CourseError("; ".join(found.incomplete))
    return results(found[STUDENT], time.monotonic() - began)


def _module(base: Path) -> str:
    return (base / "source" / "module.txt").read_text(encoding="utf-8").strip()


def main(words: list[str]) -> int:
    """Prepare the image, or grade; whatever happens, there are results."""
    base = Path(words[0])
    if "--prepare" in words[1:]:
        prepare(base)
        return 0
    try:
        found = run(base)
    except Exception:
        traceback.print_exc()  # Gradescope keeps it for the instructor
        found = _without_grade("The autograder failed, through no fault of yours. Your instructor can see why.", 0.0)
    write_whole({base / "results" / "results.json": json.dumps(found, indent=1, ensure_ascii=False)})
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
