"""One run over a class: what is taken over from the run before, what is executed, and how results are written down."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path

from nbformat.notebooknode import NotebookNode

from ..base.files import write_changed
from ..base.marks import number_of
from ..base.times import NoTime, read_time
from .assignment import Assignment
from .came import Memory, fingerprint
from .inbox.submission import Submission
from .marking.workers import WorkerDied, run_all, scheduler_backend
from .model import GRADED, PERSON, REPAIRED, Change, ExerciseResult, Job, Recorded, SubmissionResult, Task, Worked
from .records import feedback_page as pages
from .records.gradebook import Recorder, autograded_notebook, placeholder_notebook
from .records.results import HAD, result_from, result_key, stored_result
from .sandbox.rooms import SandboxError

Progress = Callable[[int, int, str], None]
_NO_TIME = "the time of submission cannot be read"
_NO_PENALTY = "no penalty"


class ClassRun:
    """One call of `grade`."""

    def __init__(
        self,
        ground: Assignment,
        setting: Job,
        recorder: Recorder,
        force: bool,
        show: Progress,
        copy: bool,
        memory: Memory,
    ) -> None:
        self._ground, self._setting, self._recorder = ground, setting, recorder
        self._force, self._show, self._copy, self._memory = force, show, copy, memory
        self.results: list[SubmissionResult] = []
        self._keys: dict[str, str] = {}
        self._works: dict[str, str] = {}  # fingerprints of what was handed in
        self.changes: list[Change] = []  # points that the same work has now and had not, and nobody was told of
        self._by_student: dict[str, Submission] = {}
        self.without_zone: list[str] = []  # their times name none
        self.without_penalty: list[str] = []  # the plugin failed

    @property
    def done(self) -> int:
        """How many submissions are graded and recorded."""
        return len(self.results)

    def whole(self, submissions: Sequence[Submission], workers: int | None, scheduler: str | None) -> None:
        """Grade all of them."""
        self._total = len(submissions)
        self._known = self._recorder.known_scores()
        tasks = self._tasks(submissions)
        first = next(tasks, None)
        if first is None:
            self._memory.save()
            return
        backend = scheduler_backend(
            self._setting, min(workers or 1 << 10, self._total) if workers else workers, scheduler
        )
        clean = False
        try:
            for task, outcome in run_all(itertools.chain([first], tasks), backend):
                self._finish(task.student, outcome)
            clean = True
        finally:
            self._memory.save()
            backend.close(now=not clean)

    # -- before ----------------------------------------------------------------------------------------------------

    def _tasks(self, submissions: Sequence[Submission]) -> Iterator[Task]:
        """Read submissions one after another; those that need no run are finished here."""
        for submission in submissions:
            student = submission.student
            data = submission.read()
            if self._copy:
                data = self._bring_home(submission, data)
            else:
                data = self._memory.at_home(submission, data)
            self._works[student] = fingerprint(data, submission.problem)
            task = Task(student, data, submission.files() if data is not None else {})
            self._keys[student] = result_key(task, self._setting, submission.problem, submission.repairs)
            self._by_student[student] = submission
            stored = None if self._force else self._unchanged(student)
            if stored is not None:
                self._reuse(stored, submission)
            elif submission.problem is not None:
                self._give_up(student, submission.problem, submission.repairs)
            else:
                yield task

    def _bring_home(self, submission: Submission, data: bytes | None) -> bytes | None:
        """Copy a submission from elsewhere into the course's own folder, where nbgrader expects it; what is graded."""
        folder = Path(
            self._ground.directory.format_path(
                self._ground.directory.submitted_directory, submission.student, self._ground.assignment
            )
        )
        folder.mkdir(parents=True, exist_ok=True)
        self._memory.brought_time(submission, data, folder / "timestamp.txt")
        if data is not None:
            for name, text in submission.files().items():
                write_changed(folder / name, text.encode("latin-1"))
        return self._memory.brought(submission, data, folder / f"{self._ground.source.notebook}.ipynb")

    def _unchanged(self, student: str) -> SubmissionResult | None:
        """The stored result, if it is of the same submission and gradebook and files still agree with it."""
        stored = stored_result(self._ground.stored(student))
        if stored is None or stored["key"] != self._keys[student]:
            return None
        if self._known.get(student) != stored["auto"]:
            return None
        if not self._recorder.autograded_path(student).is_file() or not self._recorder.feedback_path(student).is_file():
            return None
        return result_from(stored["result"])

    def _reuse(self, result: SubmissionResult, submission: Submission) -> None:
        """Take a stored result over; only what people or the clock changed is looked at again."""
        result.cached = True
        self._say_what_the_name_said(result, submission, result)
        recorded = self._recorder.renewed(result.student, self._time_of(submission, result))
        self._sum_up(result, recorded)
        self._write_down(result, recorded)
        self._add(result)

    def _say_what_the_name_said(
        self, result: SubmissionResult, submission: Submission, before: SubmissionResult | None
    ) -> None:
        """What comes from a platform's file name, which the copy in the course's folder has not kept."""
        late, number, folder = submission.late, submission.lms_id, submission.moodle_folder
        result.team = list(submission.team)
        if not self._copy and before is not None:
            result.team = result.team or before.team
            late, number, folder = late or before.marked_late, number or before.lms_id, folder or before.moodle_folder
        result.marked_late, result.lms_id, result.moodle_folder = late, number, folder

    # -- after -----------------------------------------------------------------------------------------------------

    def _finish(self, student: str, outcome: Worked | Exception) -> None:
        if isinstance(outcome, SandboxError):
            self._leave(student, str(outcome))
            return
        if isinstance(outcome, Exception):
            if isinstance(outcome, WorkerDied) and not self._had_points(student):
                self._give_up(student, f"it could not be executed: {outcome}", self._by_student[student].repairs)
            else:
                self._leave(student, f"{outcome}")
            return
        submission = self._by_student[student]
        prepared, executed = outcome.prepared, outcome.executed
        repairs = [*submission.repairs, *prepared.repairs]
        if prepared.refused is not None or executed is None:
            self._give_up(student, prepared.refused or "it could not be executed", repairs)
            return
        if executed.problem is not None and not executed.exercises:
            if self._had_points(student):
                self._leave(student, executed.problem)
                return
            self._keys[student] = ""
            self._give_up(student, f"it could not be executed: {executed.problem}", repairs)
            return
        repairs += executed.left_out
        result = SubmissionResult(student, self._ground.assignment, REPAIRED if repairs else GRADED, repairs=repairs)
        result.exercises, result.flags, result.seconds = executed.exercises, executed.flags, executed.seconds
        review: set[str] = set()
        if executed.problem is not None:
            result.state, result.reason = PERSON, executed.problem
            review = {item.name for item in executed.exercises if not item.passed}
        nb = autograded_notebook(self._ground.source, prepared, executed)
        scores = {item.name: item.score for item in executed.exercises if item.score is not None}
        self._record(result, nb, scores, review)

    def _had_points(self, student: str) -> bool:
        """Whether this very work could be run before: then it is not what fails now."""
        stored = stored_result(self._ground.stored(student))
        return stored is not None and stored.get("work") == self._works[student] and stored["result"]["gradable"]

    def _leave(self, student: str, why: str) -> None:
        """The machinery failed, which is no fault of the submission: what was recorded before stays.

        Who has nothing recorded yet is a person all the same, whom gradebook and report name; the next run tries again.
        """
        submission = self._by_student[student]
        stored = stored_result(self._ground.stored(student))
        why = f"not graded in this run: {why}"
        if stored is None:
            self._keys[student] = ""
            self._give_up(student, why, submission.repairs, failed=True)
            return
        result = result_from(stored["result"])
        self._note_changes(result, self._had(student))
        result.reason, result.failed = why, True
        self._say_what_the_name_said(result, submission, result)
        self._add(result)

    def _give_up(self, student: str, reason: str, repairs: Sequence[str] = (), failed: bool = False) -> None:
        result = SubmissionResult(student, self._ground.assignment, PERSON, reason, list(repairs), gradable=False)
        result.failed = failed
        source = self._ground.source
        graded = [cell for cell in source.cells if cell.grade or cell.task]
        result.exercises = [ExerciseResult(c.name, number_of(c.name), c.title, 0.0, c.points) for c in graded]
        nb = placeholder_notebook(source, reason, list(repairs))
        self._record(result, nb, {cell.name: 0.0 for cell in graded}, {cell.name for cell in graded})

    def _record(
        self, result: SubmissionResult, nb: NotebookNode, scores: Mapping[str, float | None], review: set[str]
    ) -> None:
        """Gradebook, autograded notebook, feedback and, last, the mark that all of this is done."""
        began = time.monotonic()
        submission = self._by_student[result.student]
        before = None if self._copy else stored_result(self._ground.stored(result.student))
        self._say_what_the_name_said(result, submission, result_from(before["result"]) if before else None)
        when = self._time_of(submission, result)
        same = self._recorder.same_work(result.student, nb)
        recorded = self._recorder.save(result.student, nb, scores, review, when, same)
        self._recorder.write_autograded(result.student, nb, submission.timestamp if when else None, submission.extras)
        result.exercises = [replace(item, score=recorded.auto.get(item.name)) for item in result.exercises]
        self._sum_up(result, recorded)
        result.seconds["record"] = time.monotonic() - began
        self._write_down(result, recorded)
        self._add(result)

    def _had(self, student: str) -> Mapping[str, float | None]:
        """Points of the same work when changes were last told; those of the run before, where none are owed."""
        before = stored_result(self._ground.stored(student))
        if before is None or before.get("work") != self._works[student]:
            return {}
        if HAD in before:
            return before[HAD]
        result = result_from(before["result"])
        return result.scores if result.gradable else {}

    def _note_changes(self, result: SubmissionResult, had: Mapping[str, float | None]) -> bool:
        """Compare with what the same work had; whether that is still to be told."""
        if not result.gradable:
            return bool(had)
        found = []
        for item in result.exercises:
            then = had.get(item.name)
            if then is not None and item.score is not None and then != item.score:
                found.append(Change(result.student, item.number, item.title, then, item.score))
        self.changes += found
        return bool(found)

    def _write_down(self, result: SubmissionResult, recorded: Recorded) -> None:
        """The page for the student and what the next run goes by, where they are not what they were.

        Points of before stay in there until they are told, so that an interruption loses none.
        """
        html = pages.page(result, recorded, self._ground.title(result.student))
        stored = {
            "key": self._keys[result.student],
            "auto": recorded.auto,
            "work": self._works[result.student],
            "result": asdict(result) | {"cached": False},
        }
        had = self._had(result.student)
        if self._note_changes(result, had):
            stored[HAD] = had
        write_changed(self._recorder.feedback_path(result.student), html)
        write_changed(self._ground.stored(result.student), json.dumps(stored, ensure_ascii=False))

    def _time_of(self, submission: Submission, result: SubmissionResult) -> datetime | None:
        """When it was handed in, as far as that is said; what cannot be read becomes a remark."""
        result.flags = [flag for flag in result.flags if not flag.startswith(_NO_TIME)]
        if submission.timestamp is None:
            return None
        try:
            moment = read_time(submission.timestamp, self._ground.zone)
        except NoTime as error:
            result.flags.append(f"{_NO_TIME}: {error}")
            return None
        if not moment.zoned:
            self.without_zone.append(submission.student)
        return moment.utc

    def _sum_up(self, result: SubmissionResult, recorded: Recorded) -> None:
        result.flags = [flag for flag in result.flags if not flag.startswith(_NO_PENALTY)]
        if recorded.penalty_problem:
            result.flags.append(f"{_NO_PENALTY}: {recorded.penalty_problem}")
            self.without_penalty.append(result.student)
        result.score, result.max_score = recorded.score, recorded.max_score
        result.late_penalty, result.manual = recorded.late_penalty, recorded.needs_manual_grade
        result.by_hand = sum(one.max_score for one in result.exercises if one.name in recorded.waiting)
        result.seconds_late = recorded.seconds_late

    def _add(self, result: SubmissionResult) -> None:
        self.results.append(result)
        self._by_student.pop(result.student, None)
        self._keys.pop(result.student, None)
        self._works.pop(result.student, None)
        self._show(len(self.results), self._total, result.student)
