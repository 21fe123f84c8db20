"""Grades an assignment: collects, executes in parallel, records as results come, continues where it was interrupted."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path

from nbgrader.utils import parse_utc
from sqlalchemy.exc import OperationalError

from ..base.errors import CourseError
from ..base.files import write_whole
from ..base.marks import number_of
from .assignment import Assignment, course_directory, only_one, read_source
from .earlier_modules import library_for, module_of
from .inbox.collect import collect
from .inbox.roster import Roster
from .inbox.safe_reading import unpack
from .inbox.submission import Inbox, Submission
from .marking.execute import some_fit
from .marking.key import answer_key, seed_in
from .marking.prepare import claimed, of_another_module
from .marking.workers import WorkerDied, run_all, scheduler_backend
from .model import (
    GRADED,
    PERSON,
    REPAIRED,
    ClassResult,
    ExerciseResult,
    Job,
    Limits,
    Recorded,
    Source,
    SubmissionResult,
    Task,
    Worked,
)
from .records import feedback_page as pages
from .records.gradebook import Recorder, autograded_notebook, placeholder_notebook
from .records.results import result_from, result_key, stored_result, stored_results
from .sandbox.rooms import SandboxError
from .sandbox.sandbox import Sandbox
from .sandbox.walls import missing_reason, require

Progress = Callable[[int, int, str], None]
_LOOKED_AT = 50  # submissions that are read closely to find one of this assignment
_UNITS = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40}


def bytes_of(memory: int | str) -> int:
    """``2147483648`` for ``"2G"``, ``"2 GB"`` or ``2048M``."""
    if isinstance(memory, int):
        number = float(memory)
    else:
        found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([kmgt]?)i?b?\s*", str(memory).lower())
        if not found:
            raise CourseError(f"{memory!r} is not an amount of memory", "Write for example 2G or 512M.")
        number = float(found.group(1)) * _UNITS[found.group(2)]
    if number < 128 << 20:
        raise CourseError(f"{memory} of memory is too little to start Python and NumPy", "Give at least 128M.")
    return int(number)


def _generate_if_needed(root: Path, assignment: str) -> str:
    """Put a module of the course into the gradebook if it is not there, or was put there from an older notebook.

    Returns a remark for people when that cannot be done: nbgrader adds and removes no cells once there are submissions.
    """
    module = module_of(root, assignment)
    if module is None or not module.notebook.is_file():
        return ""
    mark = root / ".tinytorch" / "grading" / f"{assignment}.generated"
    now = hashlib.sha256(module.notebook.read_bytes()).hexdigest()
    before = mark.read_text(encoding="utf-8").strip() if mark.is_file() else None
    if before == now and (root / "gradebook.db").is_file():
        return ""
    known = _names_in_gradebook(root, assignment)
    if before is None and known:
        return ""  # somebody generated it with nbgrader's own command
    from ..author.release import generate, stripped

    if known:
        cells = [cell.metadata.get("nbgrader", {}) for cell in stripped(module).cells]
        if known != {about["grade_id"] for about in cells if about.get("grade_id")}:
            return (
                "The notebook has gained or lost cells since this assignment was released. "
                "Submissions are graded by what was released."
            )
    generate(module, course_dir=root)
    write_whole({mark: now + "\n"})
    return ""


def _names_in_gradebook(root: Path, assignment: str) -> set[str]:
    directory = course_directory(root)
    if directory.db_url.startswith("sqlite:///") and not Path(directory.db_url.removeprefix("sqlite:///")).is_file():
        return set()
    try:
        return {cell.name for cell in read_source(directory, assignment).cells}
    except CourseError:
        return set()


def grade(
    course_dir: Path,
    assignment: str,
    *,
    submitted: Path | None = None,
    workers: int | None = None,
    scheduler: str | None = None,
    timeout: float = 30.0,
    memory: int | str = "2G",
    sandbox: bool = True,
    force: bool = False,
    progress: bool | Progress = True,
    students: Sequence[str] | None = None,
    total: float | None = None,
    roster: Path | None = None,
    columns: Mapping[str, str] | None = None,
) -> ClassResult:
    """Grade all submissions of an assignment.

    Parameters
    ----------
    course_dir : path
        The folder with gradebook.db, in nbgrader's layout.
    assignment : str
        For example ``06_autograd``; it has to be in the gradebook (``nbgrader generate_assignment``).
    submitted : path, optional
        Where the submissions are, by default the course's ``submitted``. They may lie in nbgrader's layout, in one folder
        a student, or as ``<student>.ipynb`` and ``<student>.zip``, all of them in one zip file if you like; they are copied into the course's ``submitted``.
    workers : int, optional
        Processes, by default one for each core.
    scheduler : str, optional
        Address of a Dask scheduler, in place of local processes.
    timeout, total : float
        Seconds for one cell, and for a whole notebook (by default ten times as many).
    memory : int or str
        For one submission: bytes, or ``"2G"``.
    sandbox : bool
        False executes submissions without protection.
    force : bool
        Grade unchanged submissions again, too.
    progress : bool or callable
        True shows a bar on a terminal; a callable gets ``(done, all, student)``.
    students : sequence of str, optional
        Only these.
    roster : path, optional
        The class's table, as Canvas or Moodle exported it: submissions get the ids that stand there. It is kept, so that
        later calls and the report know it.
    columns : mapping of str to str, optional
        Headings of its columns ``"id"``, ``"email"`` and ``"name"``, where they cannot be told.

    Returns
    -------
    ClassResult
        One result for each submission; none is missing, whatever was in it.
    """
    began = time.monotonic()
    if columns and roster is None:
        raise CourseError("columns of no table are named", "Give --roster too.")
    if timeout <= 0:
        raise CourseError(f"{timeout} seconds are no time for a cell", "Give a positive number.")
    if sandbox and scheduler is None:
        require()
    root = Path(course_dir).resolve()
    note = _generate_if_needed(root, assignment) if root.is_dir() else ""
    ground = Assignment.open(root, assignment)
    limits = Limits(timeout=timeout, total=total or 10 * timeout, memory=bytes_of(memory))
    hide = (ground.root, Path(ground.directory.root))
    setting = Job(ground.source, library_for(ground.root, assignment), limits, sandbox, tuple(dict.fromkeys(hide)))
    home = ground.step("submitted")
    with ExitStack() as stack:
        inbox = Path(submitted) if submitted else home
        if inbox.suffix.lower() == ".zip":
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="tinytorch-"))
            inbox = unpack(inbox, Path(folder))
        known = ground.keep_roster(Path(roster), columns) if roster is not None else ground.roster()
        found = collect(
            inbox,
            assignment,
            ground.source.notebook,
            students,
            rename=ground.ids(known),
            unpacked=inbox != Path(submitted or home),
        )
        submissions = found.submissions
        _all_there(students, submissions)
        _something_fits(found, ground.source, Path(submitted or home))
        stack.enter_context(only_one(ground))
        setting = _with_answers(setting, ground)
        show = stack.enter_context(_progress(progress, len(submissions)))
        recorder = stack.enter_context(Recorder(ground.directory, ground.source, ground.config))
        run = _GradingRun(
            ground,
            setting,
            recorder,
            force,
            show,
            copy=submitted is not None and Path(submitted).resolve() != home.resolve(),
        )
        try:
            results = run.whole(submissions, workers, scheduler)
        except KeyboardInterrupt:
            done = f"{run.done} of {len(submissions)} are done"
            print(f"Interrupted: {done}; the same command goes on.", file=sys.stderr)
            raise
        except (OSError, OperationalError) as error:
            raise CourseError(
                f"cannot be written: {getattr(error, 'strerror', None) or str(error).splitlines()[0]}",
                "What was graded so far is safe. Make room or mend the rights, then call this again: it goes on from there.",
                file=getattr(error, "filename", None) or ground.gradebook,
            ) from error
    order = {submission.student: at for at, submission in enumerate(submissions)}
    results.sort(key=lambda result: order[result.student])
    notes = [*filter(None, [note]), *found.ignored, *_notes(results, known, partial=students is not None)]
    return ClassResult(
        assignment,
        results,
        ground.gradebook,
        ground.step("autograded"),
        ground.step("feedback"),
        time.monotonic() - began,
        notes,
    )


def _with_answers(setting: Job, ground: Assignment) -> Job:
    """The setting with the answer key of the class."""
    module = module_of(ground.root, ground.assignment)
    own = ground.step("source") / ground.assignment / f"{ground.source.notebook}.ipynb"
    reference = own if own.is_file() or module is None else module.notebook
    if not reference.is_file():
        raise CourseError(
            f"there is no reference solution of {ground.assignment}, which says what is right",
            f"Put the instructor's notebook at {own}.",
        )
    # The reference is the instructor's own code, so a machine that only sends work to others needs no bubblewrap.
    enabled = setting.sandbox and missing_reason() is None
    sandbox = Sandbox(setting.library, (), setting.limits, hide=setting.hide, enabled=enabled)
    folder = ground.store.parent
    seed = seed_in(folder, ground.assignment)
    try:
        key, answers = answer_key(
            setting.source, reference.read_bytes(), setting.library, sandbox, setting.limits, seed,
            folder / f"{ground.assignment}.key",
        )  # fmt: skip
    except SandboxError as error:
        raise CourseError(f"the reference of {ground.assignment} could not be run: {error}") from None
    finally:
        sandbox.close()
    return replace(setting, key=key, answers=answers, seed=seed)


def _something_fits(inbox: Inbox, source: Source, where: Path) -> None:
    """Refuse a folder in which nothing belongs to the assignment, before anybody gets a grade for it."""
    hint = " ".join(inbox.ignored)
    if not any(_is_one(submission, source.assignment) for submission in inbox.submissions):
        if inbox.others:
            names = ", ".join(f"{name} ({count})" for name, count in inbox.others.most_common(4))
            hint = f"There are folders of {names}. {hint}"
        raise CourseError(
            f"no submission of {source.assignment} in {where}",
            f"{hint} Expected are notebooks: STUDENT/{source.assignment}/{source.notebook}.ipynb, STUDENT.ipynb, "
            "STUDENT.zip, or what Canvas or Moodle hands out.".strip(),
        )
    exercises = {cell.name for cell in source.cells if cell.grade or cell.solution or cell.task}
    looks: Counter[str] = Counter()
    close: list[bytes] = []
    for submission in inbox.submissions:
        data = submission.read()
        if data is None or b'"cell_type"' not in data:
            continue
        names = claimed(data)
        if names & exercises:
            return
        looks[of_another_module(names, source) or "something else"] += 1
        if len(close) < _LOOKED_AT:
            close.append(data)
    if not looks or some_fit(close, source):
        return
    kinds = ", ".join(f"{count} of {name}" for name, count in looks.most_common(4))
    raise CourseError(
        f"not one notebook in {where} is of {source.assignment}: {kinds}",
        " ".join(["Is it the right folder, and the right module? Nothing was graded.", *inbox.ignored]),
    )


def _is_one(submission: Submission, assignment: str) -> bool:
    """Whether somebody handed in something here, and be it a broken one."""
    if submission.path is not None or any(place.name == assignment for place in submission.places):
        return True
    return submission.problem is not None and not submission.problem.startswith("there is no notebook")


def _notes(results: Sequence[SubmissionResult], roster: Roster | None, partial: bool) -> list[str]:
    """What an instructor should know about the class as a whole."""
    notes = []
    strange = [result.student for result in results if "it looks like Module" in result.reason]
    if strange:
        notes.append(f"{len(strange)} of {len(results)} notebooks look like another module's: {_some(strange)}.")
    if roster is not None:
        known = {person.student for person in roster.people}
        people = [roster.person(result.student) for result in results]
        strange = [result.student for result, person in zip(results, people) if person is None]
        if strange:
            notes.append(f"Not in {roster.file}, so without a row there: {_some(strange)}.")
        missing = sorted(known - {person.student for person in people if person is not None})
        if missing and not partial:
            notes.append(f"{len(missing)} of {len(known)} in {roster.file} handed in nothing here: {_some(missing)}.")
    return notes


def _some(names: Sequence[str], most: int = 6) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def _all_there(students: Sequence[str] | None, submissions: Sequence[Submission]) -> None:
    missing = sorted(set(students or ()) - {submission.student for submission in submissions})
    if missing:
        raise CourseError(
            f"no submission from {', '.join(missing)}", "The names are those of the folders with the submissions."
        )


@contextlib.contextmanager
def _progress(wanted: bool | Progress, total: int) -> Iterator[Progress]:
    if callable(wanted):
        yield wanted
    elif wanted:
        from ..base.console import progress

        with progress("grading", total) as advance:
            yield lambda done, _, student: advance(done, student)
    else:
        yield lambda done, all_, student: None


def _keep(path: Path, data: bytes) -> None:
    """Write a copy of what was handed in, unless it is there already: a file that stays tells when it came."""
    if path.is_symlink() or not path.is_file() or path.read_bytes() != data:
        write_whole({path: data})


class _GradingRun:
    """One call of `grade`."""

    def __init__(
        self, ground: Assignment, setting: Job, recorder: Recorder, force: bool, show: Progress, copy: bool
    ) -> None:
        self._ground, self._setting, self._recorder = ground, setting, recorder
        self._force, self._show, self._copy = force, show, copy
        self._results: list[SubmissionResult] = []
        self._keys: dict[str, str] = {}
        self._by_student: dict[str, Submission] = {}

    @property
    def done(self) -> int:
        """How many submissions are graded and recorded."""
        return len(self._results)

    def whole(
        self, submissions: Sequence[Submission], workers: int | None, scheduler: str | None
    ) -> list[SubmissionResult]:
        self._total = len(submissions)
        self._known = self._recorder.known_scores()
        tasks = self._tasks(submissions)
        first = next(tasks, None)
        if first is None:
            return self._results
        backend = scheduler_backend(
            self._setting, min(workers or 1 << 10, self._total) if workers else workers, scheduler
        )
        clean = False
        try:
            for task, outcome in run_all(_chain(first, tasks), backend):
                self._finish(task.student, outcome)
            clean = True
        finally:
            backend.close(now=not clean)
        return self._results

    # -- before ----------------------------------------------------------------------------------------------------

    def _tasks(self, submissions: Sequence[Submission]) -> Iterator[Task]:
        """Read submissions one after another; those that need no run are finished here."""
        for submission in submissions:
            student = submission.student
            data = submission.read()
            task = Task(student, data, submission.files() if data is not None else {})
            self._keys[student] = result_key(task, self._setting, submission.problem, submission.repairs)
            self._by_student[student] = submission
            if self._copy:
                self._bring_home(submission, data)
            stored = None if self._force else self._unchanged(student)
            if stored is not None:
                self._reuse(stored, submission)
            elif submission.problem is not None:
                self._give_up(student, submission.problem, submission.repairs)
            else:
                yield task

    def _bring_home(self, submission: Submission, data: bytes | None) -> None:
        """Copy a submission from elsewhere into the course's own folder, where nbgrader expects it."""
        folder = Path(
            self._ground.directory.format_path(
                self._ground.directory.submitted_directory, submission.student, self._ground.assignment
            )
        )
        folder.mkdir(parents=True, exist_ok=True)
        if data is not None:
            _keep(folder / f"{self._ground.source.notebook}.ipynb", data)
        if submission.timestamp is not None:
            _keep(folder / "timestamp.txt", (submission.timestamp + "\n").encode())

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
        recorded = self._recorder.recorded(result.student)
        self._sum_up(result, recorded)
        self._add(result)

    def _say_what_the_name_said(
        self, result: SubmissionResult, submission: Submission, before: SubmissionResult | None
    ) -> None:
        """What comes from a platform's file name, which the copy in the course's folder has not kept."""
        late, number, folder = submission.late, submission.lms_id, submission.moodle_folder
        if not self._copy and before is not None:
            late, number, folder = late or before.marked_late, number or before.lms_id, folder or before.moodle_folder
        result.marked_late, result.lms_id, result.moodle_folder = late, number, folder

    # -- after -----------------------------------------------------------------------------------------------------

    def _finish(self, student: str, outcome: Worked | Exception) -> None:
        if isinstance(outcome, SandboxError):
            self._leave(student, str(outcome))
            return
        if isinstance(outcome, Exception):
            if not isinstance(outcome, WorkerDied):  # no fault of the submission: the next run tries it again
                self._keys[student] = ""
            self._give_up(student, f"it could not be executed: {outcome}", self._by_student[student].repairs)
            return
        submission = self._by_student[student]
        prepared, executed = outcome.prepared, outcome.executed
        repairs = [*submission.repairs, *prepared.repairs]
        if prepared.refused is not None or executed is None:
            self._give_up(student, prepared.refused or "it could not be executed", repairs)
            return
        if executed.problem is not None and not executed.exercises:
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

    def _leave(self, student: str, why: str) -> None:
        """The sandbox did not start, which is no fault of the submission: what was recorded before stays."""
        submission = self._by_student[student]
        stored = stored_result(self._ground.stored(student))
        result = result_from(stored["result"]) if stored else None
        if result is None:
            result = SubmissionResult(student, self._ground.assignment, PERSON, gradable=False)
        result.reason, result.failed = f"not graded in this run: {why}", True
        self._say_what_the_name_said(result, submission, result)
        self._add(result)

    def _give_up(self, student: str, reason: str, repairs: Sequence[str] = ()) -> None:
        result = SubmissionResult(student, self._ground.assignment, PERSON, reason, list(repairs), gradable=False)
        source = self._ground.source
        graded = [cell for cell in source.cells if cell.grade or cell.task]
        result.exercises = [ExerciseResult(c.name, number_of(c.name), c.title, 0.0, c.points) for c in graded]
        nb = placeholder_notebook(source, reason, list(repairs))
        self._record(result, nb, {cell.name: 0.0 for cell in graded}, {cell.name for cell in graded})

    def _record(self, result: SubmissionResult, nb, scores: dict[str, float | None], review: set[str]) -> None:
        """Gradebook, autograded notebook, feedback and, last, the mark that all of this is done."""
        began = time.monotonic()
        submission = self._by_student[result.student]
        before = None if self._copy else stored_result(self._ground.stored(result.student))
        self._say_what_the_name_said(result, submission, result_from(before["result"]) if before else None)
        when: datetime | None = None
        if submission.timestamp is not None:
            try:
                when = parse_utc(submission.timestamp)
            except (ValueError, OverflowError):
                result.flags.append(f"the time of submission cannot be read: {submission.timestamp[:40]!r}")
        same = self._recorder.same_work(result.student, nb)
        recorded = self._recorder.save(result.student, nb, scores, review, when, same)
        self._recorder.write_autograded(result.student, nb, submission.timestamp if when else None, submission.extras)
        for exercise in result.exercises:
            exercise.score = recorded.auto.get(exercise.name)
        self._sum_up(result, recorded)
        html = pages.page(result, recorded, self._ground.title(result.student))
        write_whole({self._recorder.feedback_path(result.student): html})
        result.seconds["record"] = time.monotonic() - began
        stored = {"key": self._keys[result.student], "auto": recorded.auto, "result": asdict(result)}
        write_whole({self._ground.stored(result.student): json.dumps(stored, ensure_ascii=False)})
        self._add(result)

    def _sum_up(self, result: SubmissionResult, recorded: Recorded) -> None:
        result.score, result.max_score = recorded.score, recorded.max_score
        result.late_penalty, result.manual = recorded.late_penalty, recorded.needs_manual_grade
        result.seconds_late = recorded.seconds_late

    def _add(self, result: SubmissionResult) -> None:
        self._results.append(result)
        self._by_student.pop(result.student, None)
        self._keys.pop(result.student, None)
        self._show(len(self._results), self._total, result.student)


def _chain(first: Task, rest: Iterator[Task]) -> Iterator[Task]:
    yield first
    yield from rest


def feedback(course_dir: Path, assignment: str) -> list[Path]:
    """Write the feedback pages of an assignment again, with what people have entered in the gradebook since.

    Returns
    -------
    list of Path
        The pages.
    """
    ground = Assignment.open(Path(course_dir), assignment)
    written = []
    with Recorder(ground.directory, ground.source, ground.config) as recorder:
        for result in stored_results(ground):
            path = recorder.feedback_path(result.student)
            recorded = recorder.recorded(result.student)
            result.seconds_late = recorded.seconds_late
            write_whole({path: pages.page(result, recorded, ground.title(result.student))})
            written.append(path)
    return written
