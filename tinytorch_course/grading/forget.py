"""Takes a submission back: says what goes with it, and removes that and nothing else."""

from __future__ import annotations

import contextlib
import difflib
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from ..base.errors import CourseError
from .assignment import Assignment, only_one
from .came import Memory
from .inbox.collect import collect
from .inbox.submission import Submission
from .records.gradebook import Recorder
from .records.results import stored_results

# -- taking a submission back --------------------------------------------------------------------------------------


@dataclass
class Traces:
    """All that grading has left of one student's submission."""

    student: str
    submissions: list[Path] = field(default_factory=list)
    handed_in: list[Submission] = field(default_factory=list)
    results: list[Path] = field(default_factory=list)
    in_gradebook: bool = False
    manual: int = 0  # points that people entered
    comments: int = 0
    wholly: bool = False  # the student goes too, since the gradebook knows nothing else of them
    kept: Path | None = None  # where the submission is put

    def describe(self) -> list[str]:
        """What goes away, a line each."""
        lines = [f"{path}" for path in self.results]
        if self.in_gradebook:
            by_hand = f", with {self.manual} scores and {self.comments} comments of people" if self.manual else ""
            lines.append(f"the grades in the gradebook{by_hand}")
        if self.wholly:
            lines.append("the student in the gradebook, of whom it knows nothing else")
        return lines + [f"{path} (moved to {self.kept}, not deleted)" for path in self.submissions]


def traces(course_dir: Path, assignment: str, student: str) -> Traces:
    """What `forget` would take away."""
    ground = Assignment.open(Path(course_dir), assignment)
    with Recorder(ground.directory, ground.source, ground.config) as recorder:
        return _traces(ground, recorder, student)


def _traces(ground: Assignment, recorder: Recorder, student: str) -> Traces:
    home = ground.step("submitted")
    found = Traces(student)
    submissions = []
    if home.is_dir():
        submissions = collect(
            home, ground.assignment, ground.source.notebook, rename=ground.ids(ground.roster())
        ).submissions
        found.handed_in = [one for one in submissions if one.student == student]
        found.submissions = [place for one in found.handed_in for place in one.places]
    folders = [recorder.autograded_path(student).parent, recorder.feedback_path(student).parent]
    found.results = [path for path in [*folders, ground.stored(student)] if path.exists()]
    found.in_gradebook = recorder.knows(student)
    found.manual, found.comments, found.wholly = recorder.holds(student)
    if found.submissions:
        parent = Path(ground.directory.root, ".tinytorch", "forgotten", ground.assignment)
        name, number = quote(student, safe=" @+")[:180], 1
        found.kept = parent / name
        while found.kept.exists():
            number += 1
            found.kept = parent / f"{name} {number}"
    if not (found.submissions or found.results or found.in_gradebook):
        known = {one.student for one in submissions} | {result.student for result in stored_results(ground)}
        near = difflib.get_close_matches(student, known, 3, 0.5)
        hint = f"Did you mean {' or '.join(repr(name) for name in near)}?" if near else "The names are in the report."
        raise CourseError(f"there is no submission of {student!r} in {ground.assignment}", hint)
    return found


def forget(course_dir: Path, assignment: str, student: str) -> Traces:
    """Take one student's submission of one assignment back, as if it had not been handed in.

    Grades, the autograded notebook and feedback are deleted; the submission itself is moved out of the way. Nothing of
    other students or other assignments is touched.
    """
    ground = Assignment.open(Path(course_dir), assignment)
    with only_one(ground), Recorder(ground.directory, ground.source, ground.config) as recorder:
        found = _traces(ground, recorder, student)
        memory = Memory(ground)
        for submission in found.handed_in:
            memory.forget(submission)
        memory.save()
        if found.kept is not None:
            found.kept.mkdir(parents=True)
            for path in found.submissions:
                shutil.move(path, found.kept / path.name)
                _remove_if_empty(path.parent, ground.step("submitted"))
        if found.in_gradebook:
            recorder.remove(student, wholly=found.wholly)
        for path in found.results:
            if path.is_dir():
                shutil.rmtree(path)
                _remove_if_empty(path.parent, Path(ground.directory.root))
            else:
                path.unlink()
    return found


def _remove_if_empty(folder: Path, root: Path) -> None:
    """Remove a student's folder in which nothing is left."""
    if folder != root and folder.is_relative_to(root):
        with contextlib.suppress(OSError):
            folder.rmdir()
