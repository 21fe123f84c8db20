"""Grades an assignment: collects, executes in parallel, records as results come, continues where it was interrupted."""

from __future__ import annotations

import contextlib
import difflib
import fcntl
import functools
import hashlib
import json
import os
import re
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import parse_utc
from sqlalchemy.exc import OperationalError
from traitlets.config import Config

from ..errors import CourseError
from . import pages
from .collect import Inbox, Submission, collect, unpack
from .execute import Done, Setting, Task
from .library import library_for, module_of
from .model import GRADED, PERSON, REPAIRED, ClassResult, ExerciseResult, Limits, Source, SubmissionResult
from .pool import WorkerDied, run_all, scheduler_backend
from .prepare import claimed, of_another_module, prepare
from .record import Recorded, Recorder, autograded_notebook, placeholder_notebook, replace_file
from .roster import Roster, read_roster
from .sandbox import require
from .source import course_directory, read_config, read_source
from .texts import number_of, title_of

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


@dataclass
class Ground:
    """An assignment in its course folder."""

    root: Path
    assignment: str
    config: Config
    directory: CourseDirectory
    source: Source

    @classmethod
    def open(cls, root: Path, assignment: str) -> Ground:
        """The assignment as the gradebook in `root` has it."""
        root = root.resolve()
        if not root.is_dir():
            raise CourseError(f"there is no folder {root}", "Name the folder of the course.")
        config = read_config(root)
        directory = course_directory(root, config)
        database = Path(directory.db_url.removeprefix("sqlite:///"))
        if directory.db_url.startswith("sqlite:///") and not database.is_file():
            raise CourseError(
                f"there is no gradebook at {database}",
                f"Make the assignment first: nbgrader generate_assignment {assignment}",
            )
        return cls(root, assignment, config, directory, read_source(directory, assignment))

    def step(self, name: str) -> Path:
        """One of nbgrader's folders: ``submitted``, ``autograded``, ``feedback``."""
        return Path(self.directory.root, getattr(self.directory, f"{name}_directory"))

    @property
    def gradebook(self) -> Path:
        return Path(self.directory.db_url.removeprefix("sqlite:///"))

    @property
    def store(self) -> Path:
        """Where results wait for the next run."""
        return Path(self.directory.root, ".tinytorch", "grading", self.assignment)

    def stored(self, student: str) -> Path:
        return self.store / f"{quote(student, safe='')[:180]}.json"

    @property
    def roster_file(self) -> Path:
        """The copy of the class's table that was given last; its name and named columns stand in the file beside it."""
        return Path(self.directory.root, ".tinytorch", "grading", f"{self.assignment}.roster.csv")

    def _about_roster(self) -> dict[str, Any]:
        try:
            return json.loads(self.roster_file.with_suffix(".json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}

    def keep_roster(self, path: Path, columns: Mapping[str, str] | None = None) -> Roster:
        """Read the class's table and keep it for later calls, with the columns that were named.

        Columns named before hold for a newer table too, if it has them.
        """
        before = self._about_roster().get("columns", {})
        if not columns and before:
            with contextlib.suppress(CourseError):
                read_roster(path, columns=before)
                columns = before
        roster = read_roster(path, columns=columns)
        self.roster_file.parent.mkdir(parents=True, exist_ok=True)
        if path.resolve() != self.roster_file.resolve():
            shutil.copyfile(path, self.roster_file)
            about = {"name": path.name, "columns": dict(columns or {})}
            replace_file(self.roster_file.with_suffix(".json"), json.dumps(about, ensure_ascii=False))
        return roster

    def roster(self) -> Roster | None:
        """The class's table, if there is one."""
        if not self.roster_file.is_file():
            return None
        about = self._about_roster()
        return read_roster(self.roster_file, about.get("name"), about.get("columns"))

    def ids(self, roster: Roster | None) -> Callable[[Submission], str] | None:
        """What gives submissions the ids of the class's table.

        In nbgrader's own folders they have ids already, which its gradebook and its exchange know.
        """
        if roster is None:
            return None
        home = self.step("submitted")

        def id_of(submission: Submission) -> str:
            place = submission.places[0]
            nbgraders = place.name == self.assignment and place.parent.parent == home
            return "" if nbgraders else roster.student_of(submission)

        return id_of

    def title(self, student: str) -> str:
        return f"{self.assignment}: {student}"


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
    from ..release import generate, stripped

    if known:
        cells = [cell.metadata.get("nbgrader", {}) for cell in stripped(module).cells]
        if known != {about["grade_id"] for about in cells if about.get("grade_id")}:
            return (
                "The notebook has gained or lost cells since this assignment was released. "
                "Submissions are graded by what was released."
            )
    generate(module, course_dir=root)
    replace_file(mark, now + "\n")
    return ""


def _names_in_gradebook(root: Path, assignment: str) -> set[str]:
    directory = course_directory(root)
    if directory.db_url.startswith("sqlite:///") and not Path(directory.db_url.removeprefix("sqlite:///")).is_file():
        return set()
    try:
        return {cell.name for cell in read_source(directory, assignment).cells}
    except CourseError:
        return set()


@functools.cache
def _code_key() -> str:
    """A fingerprint of the grader itself: results of another version are not taken over."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _key(task: Task, setting: Setting, problem: str | None, repairs: Sequence[str]) -> str:
    parts = [_code_key(), setting.source.key, setting.library.key, repr(setting.limits), str(setting.sandbox)]
    parts += [problem or "", *repairs, json.dumps(task.files, sort_keys=True)]
    digest = hashlib.sha256("\0".join(parts).encode("utf-8", "replace"))
    digest.update(b"none" if task.data is None else b"data" + task.data)
    return digest.hexdigest()


@contextlib.contextmanager
def _only_one(ground: Ground) -> Iterator[None]:
    """Keep a second grading run out of the same assignment."""
    ground.store.mkdir(parents=True, exist_ok=True)
    with open(ground.store / ".lock", "w", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise CourseError(
                f"{ground.assignment} is being graded already", "Wait until that run has ended."
            ) from None
        yield


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
    ground = Ground.open(root, assignment)
    limits = Limits(timeout=timeout, total=total or 10 * timeout, memory=bytes_of(memory))
    hide = (ground.root, Path(ground.directory.root))
    setting = Setting(ground.source, library_for(ground.root, assignment), limits, sandbox, tuple(dict.fromkeys(hide)))
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
        stack.enter_context(_only_one(ground))
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
    if not looks or any(prepare(data, source).refused is None for data in close):
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
        from ..console import progress

        with progress("grading", total) as advance:
            yield lambda done, _, student: advance(done, student)
    else:
        yield lambda done, all_, student: None


class _GradingRun:
    """One call of `grade`."""

    def __init__(
        self, ground: Ground, setting: Setting, recorder: Recorder, force: bool, show: Progress, copy: bool
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
            self._keys[student] = _key(task, self._setting, submission.problem, submission.repairs)
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
            _write_if_changed(folder / f"{self._ground.source.notebook}.ipynb", data)
        if submission.timestamp is not None:
            _write_if_changed(folder / "timestamp.txt", (submission.timestamp + "\n").encode())

    def _unchanged(self, student: str) -> SubmissionResult | None:
        """The stored result, if it is of the same submission and gradebook and files still agree with it."""
        stored = _load(self._ground.stored(student))
        if stored is None or stored["key"] != self._keys[student]:
            return None
        if self._known.get(student) != stored["auto"]:
            return None
        if not self._recorder.autograded_path(student).is_file() or not self._recorder.feedback_path(student).is_file():
            return None
        return _result_from(stored["result"])

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

    def _finish(self, student: str, outcome: Done | Exception) -> None:
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

    def _give_up(self, student: str, reason: str, repairs: Sequence[str] = ()) -> None:
        result = SubmissionResult(student, self._ground.assignment, PERSON, reason, list(repairs), gradable=False)
        source = self._ground.source
        graded = [cell for cell in source.cells if cell.grade or cell.task]
        result.exercises = [ExerciseResult(c.name, number_of(c.name), title_of(c), 0.0, c.points) for c in graded]
        nb = placeholder_notebook(source, reason, list(repairs))
        self._record(result, nb, {cell.name: 0.0 for cell in graded}, {cell.name for cell in graded})

    def _record(self, result: SubmissionResult, nb, scores: dict[str, float | None], review: set[str]) -> None:
        """Gradebook, autograded notebook, feedback and, last, the mark that all of this is done."""
        began = time.monotonic()
        submission = self._by_student[result.student]
        before = None if self._copy else _load(self._ground.stored(result.student))
        self._say_what_the_name_said(result, submission, _result_from(before["result"]) if before else None)
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
        replace_file(self._recorder.feedback_path(result.student), html)
        result.seconds["record"] = time.monotonic() - began
        stored = {"key": self._keys[result.student], "auto": recorded.auto, "result": asdict(result)}
        replace_file(self._ground.stored(result.student), json.dumps(stored, ensure_ascii=False))
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


def _write_if_changed(path: Path, data: bytes) -> None:
    if path.is_symlink():
        path.unlink()
    if path.is_file() and path.read_bytes() == data:
        return
    temporary = path.with_name(f".{path.name}.new")
    temporary.write_bytes(data)
    os.replace(temporary, path)


def _load(path: Path) -> dict | None:
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        return stored if {"key", "auto", "result"} <= stored.keys() else None
    except (OSError, ValueError, AttributeError):
        return None


def _result_from(data: dict) -> SubmissionResult:
    exercises = [ExerciseResult(**item) for item in data.pop("exercises")]
    return SubmissionResult(**data, exercises=exercises)


def stored_results(ground: Ground) -> list[SubmissionResult]:
    """The results of the last run of this assignment."""
    found = [_load(path) for path in sorted(ground.store.glob("*.json"))]
    return [_result_from(stored["result"]) for stored in found if stored is not None]


def feedback(course_dir: Path, assignment: str) -> list[Path]:
    """Write the feedback pages of an assignment again, with what people have entered in the gradebook since.

    Returns
    -------
    list of Path
        The pages.
    """
    ground = Ground.open(Path(course_dir), assignment)
    written = []
    with Recorder(ground.directory, ground.source, ground.config) as recorder:
        for result in stored_results(ground):
            path = recorder.feedback_path(result.student)
            recorded = recorder.recorded(result.student)
            result.seconds_late = recorded.seconds_late
            replace_file(path, pages.page(result, recorded, ground.title(result.student)))
            written.append(path)
    return written


# -- taking a submission back --------------------------------------------------------------------------------------


@dataclass
class Traces:
    """All that grading has left of one student's submission."""

    student: str
    submissions: list[Path] = field(default_factory=list)
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
    ground = Ground.open(Path(course_dir), assignment)
    with Recorder(ground.directory, ground.source, ground.config) as recorder:
        return _traces(ground, recorder, student)


def _traces(ground: Ground, recorder: Recorder, student: str) -> Traces:
    home = ground.step("submitted")
    found = Traces(student)
    submissions = []
    if home.is_dir():
        submissions = collect(
            home, ground.assignment, ground.source.notebook, rename=ground.ids(ground.roster())
        ).submissions
        found.submissions = [place for one in submissions if one.student == student for place in one.places]
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
    ground = Ground.open(Path(course_dir), assignment)
    with _only_one(ground), Recorder(ground.directory, ground.source, ground.config) as recorder:
        found = _traces(ground, recorder, student)
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
