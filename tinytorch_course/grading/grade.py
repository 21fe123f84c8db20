"""Grades an assignment: collects, executes in parallel, records as results come, continues where it was interrupted."""

from __future__ import annotations

import contextlib
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy.exc import OperationalError

from ..author.mistakes import known_in_grading
from ..base.errors import CourseError
from ..base.files import write_whole
from ..base.printable import printable
from .assignment import Assignment, only_one, open_to_group
from .came import Memory
from .changes import tell
from .class_run import ClassRun, Progress
from .earlier_modules import library_for, module_of
from .handed_in import take_times
from .inbox.collect import collect
from .inbox.roster import Roster
from .inbox.submission import Inbox, Submission
from .marking.execute import some_fit
from .marking.key import seed_in, tried_twice
from .marking.prepare import claimed, of_another_module
from .model import ClassResult, Job, Limits, Source, SubmissionResult
from .records import feedback_page as pages
from .records.deadlines import Deadlines
from .records.gradebook import Recorder
from .records.rename import names_of_before, rename
from .records.results import stored_results
from .released import generate_if_needed
from .sandbox.rooms import SandboxError
from .sandbox.walls import require

_SOMETHING = "something else"
_LOOKED_AT = 50  # submissions that are read closely to find one of this assignment
_UNITS = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40}


class NothingFits(CourseError):
    """Nothing that was handed in is of the assignment.

    Parameters
    ----------
    looks : str
        What it may be of, ``Module 05``; nothing where that cannot be told.
    """

    def __init__(self, message: str, hint: str, looks: str = "") -> None:
        super().__init__(message, hint)
        self.looks = looks


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


def _say_nothing(line: str) -> None: ...


@dataclass(frozen=True)
class Options:
    """How a class is graded.

    Parameters
    ----------
    submitted : path, optional
        Where the submissions are, by default the course's ``submitted``. They may lie in nbgrader's layout, in one folder
        a student, or as ``<student>.ipynb`` and ``<student>.zip``, all of them in one zip file if you like; they are
        copied into the course's ``submitted``.
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
    corrected : bool
        A test was wrong: grade by the course's notebook as it is now, whoever has put the assignment into the gradebook.
    progress : bool or callable
        True shows a bar on a terminal; a callable gets ``(done, all, student)``.
    students : sequence of str, optional
        Only these.
    roster : path, optional
        The class's table, as Canvas or Moodle exported it: submissions get the ids that stand there. It is kept, so that
        later calls and the report know it.
    columns : mapping of str to str, optional
        Headings of its columns ``"id"``, ``"email"`` and ``"name"``, where they cannot be told.
    say : callable
        Gets lines that are worth reading before the run, the deadline for example.

    Raises
    ------
    CourseError
        When they make no sense, or the machine lacks what they need.
    """

    submitted: Path | None = None
    workers: int | None = None
    scheduler: str | None = None
    timeout: float = 30.0
    memory: int | str = "2G"
    sandbox: bool = True
    force: bool = False
    corrected: bool = False
    progress: bool | Progress = True
    students: Sequence[str] | None = None
    total: float | None = None
    roster: Path | None = None
    columns: Mapping[str, str] | None = None
    say: Callable[[str], None] = _say_nothing

    def __post_init__(self) -> None:
        if self.columns and self.roster is None:
            raise CourseError("columns of no table are named", "Give --roster too.")
        if self.timeout <= 0:
            raise CourseError(f"{self.timeout} seconds are no time for a cell", "Give a positive number.")
        if self.sandbox and self.scheduler is None:
            require()

    @property
    def limits(self) -> Limits:
        """What each submission may use."""
        return Limits(timeout=self.timeout, total=self.total or 10 * self.timeout, memory=bytes_of(self.memory))


def grade(course_dir: Path, assignment: str, **options: Any) -> ClassResult:
    """Grade all submissions of an assignment.

    Parameters
    ----------
    course_dir : path
        The folder with gradebook.db, in nbgrader's layout.
    assignment : str
        For example ``06_autograd``; it has to be in the gradebook (``nbgrader generate_assignment``).
    **options
        The fields of `Options`.

    Returns
    -------
    ClassResult
        One result for each submission; none is missing, whatever was in it.
    """
    began = time.monotonic()
    wanted = Options(**options)
    root = Path(course_dir).resolve()
    notes = generate_if_needed(root, assignment, take=wanted.corrected) if root.is_dir() else []
    ground = Assignment.open(root, assignment)
    home = ground.step("submitted")
    with ExitStack() as stack:
        stack.callback(open_to_group, ground)
        roster = Path(wanted.roster) if wanted.roster is not None else None
        known = ground.keep_roster(roster, wanted.columns) if roster else ground.roster()
        stack.enter_context(only_one(ground))
        _renamed(ground, known)
        found = _collected(ground, wanted, known, stack)
        found.ignored += _renamed(ground, known, found.submissions)
        memory = Memory(ground)
        notes += take_times(known, found.submissions, ground.zone)
        notes += _without_forgotten(found, memory, wanted.students or ())
        submissions = found.submissions
        setting = _with_answers(_setting(ground, wanted), ground)
        show = stack.enter_context(_progress(wanted.progress, len(submissions)))
        deadlines = Deadlines.of(ground)
        recorder = stack.enter_context(Recorder(ground.directory, ground.source, ground.config, deadlines))
        for line in recorder.deadlines_said(ground.zone):
            wanted.say(line)
        if known is not None and known.given_for:
            wanted.say(f"class      {printable(known.file)}, as given for {known.given_for}")
        notes += _about_deadlines(deadlines, recorder.students() | {one.student for one in submissions})
        elsewhere = wanted.submitted is not None and Path(wanted.submitted).resolve() != home.resolve()
        run = ClassRun(ground, setting, recorder, wanted.force, show, copy=elsewhere, memory=memory)
        autograded, feedback = ground.step("autograded"), ground.step("feedback")
        result = ClassResult(assignment, run.results, ground.gradebook, autograded, feedback, changes=run.changes)
        with _stops_with_a_sentence(run, len(submissions), ground):
            run.whole(submissions, wanted.workers, wanted.scheduler)
            result.told = tell(ground, result) if result.changes else None
    order = {submission.student: at for at, submission in enumerate(submissions)}
    result.results.sort(key=lambda one: order[one.student])
    notes += [*found.ignored, *_notes(result.results, known, partial=wanted.students is not None)]
    result.notes, result.incomplete = notes + _about_times(run), _not_managed(run)
    result.seconds = time.monotonic() - began
    return result


def prepare_class(course_dir: Path, assignment: str, *, sandbox: bool = True) -> None:
    """Do ahead what `grade` does once for a class: put the assignment into the gradebook, run the reference."""
    wanted = Options(sandbox=sandbox)
    generate_if_needed(course_dir, assignment)
    ground = Assignment.open(course_dir, assignment)
    _with_answers(_setting(ground, wanted), ground)


def _setting(ground: Assignment, wanted: Options) -> Job:
    hide = tuple(dict.fromkeys((ground.root, Path(ground.directory.root))))
    return Job(ground.source, library_for(ground.root, ground.assignment), wanted.limits, wanted.sandbox, hide)


def _collected(ground: Assignment, wanted: Options, known: Roster | None, stack: ExitStack) -> Inbox:
    """What was handed in; a zip file is unpacked for as long as `stack` is open."""
    place = Path(wanted.submitted or ground.step("submitted"))
    found = collect(
        place,
        ground.assignment,
        ground.source.notebook,
        wanted.students,
        rename=ground.ids(known),
        stubs=ground.source.stubs,
        scratch=Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tinytorch-"))),
    )
    _all_there(wanted.students, found.submissions)
    _something_fits(found, ground.source, place)
    return found


@contextlib.contextmanager
def _stops_with_a_sentence(run: ClassRun, total: int, ground: Assignment) -> Iterator[None]:
    """Say how far a run came that is interrupted or cannot write."""
    try:
        yield
    except KeyboardInterrupt:
        print(f"Interrupted: {run.done} of {total} are done; the same command goes on.", file=sys.stderr)
        raise
    except (OSError, OperationalError) as error:
        raise CourseError(
            f"cannot be written: {getattr(error, 'strerror', None) or str(error).splitlines()[0]}",
            "What was graded so far is safe. Make room or mend the rights, then call this again: it goes on from there.",
            file=getattr(error, "filename", None) or ground.gradebook,
        ) from error


def _renamed(ground: Assignment, known: Roster | None, submissions: Sequence[Submission] = ()) -> list[str]:
    """Move what was graded before the class's table was there; says what could not be moved."""
    names = names_of_before(ground, known, submissions) if known is not None else {}
    if not names:
        return []
    with Recorder(ground.directory, ground.source, ground.config) as recorder:
        remarks = rename(ground, recorder, names)
    memory = Memory(ground)
    for old, new in names.items():
        memory.moved(old, new)
    memory.save()
    return remarks


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
    seed = seed_in(ground.store.parent, ground.assignment)
    try:
        kept = ground.store.parent / f"{ground.assignment}.key"
        key, tests, answers = tried_twice(setting, reference.read_bytes(), seed, kept)
    except SandboxError as error:
        raise CourseError(f"the reference of {ground.assignment} could not be run: {error}") from None
    return replace(setting, key=key, tests=tests, answers=answers, seed=seed, known=known_in_grading(module))


def _without_forgotten(inbox: Inbox, memory: Memory, wanted: Sequence[str]) -> list[str]:
    """Leave out what was taken back before and has come again, unless it is asked for by name."""
    for student in wanted:
        memory.wanted_again(student)
    again = [submission for submission in inbox.submissions if memory.is_forgotten(submission)]
    if not again:
        return []
    inbox.submissions = [submission for submission in inbox.submissions if submission not in again]
    names = [submission.student for submission in again]
    return [f"Taken back before, and left out: {_some(names)}. `--student NAME` grades one all the same."]


def _something_fits(inbox: Inbox, source: Source, where: Path) -> None:
    """Refuse a folder in which nothing belongs to the assignment, before anybody gets a grade for it."""
    hint = " ".join(inbox.ignored)
    if not any(_is_one(submission, source.assignment) for submission in inbox.submissions):
        if inbox.others:
            names = ", ".join(f"{name} ({count})" for name, count in inbox.others.most_common(4))
            hint = f"There are folders of {names}. {hint}"
        raise NothingFits(
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
        claims = claimed(data)
        if claims & exercises:
            return
        looks[of_another_module(claims, source) or _SOMETHING] += 1
        if len(close) < _LOOKED_AT:
            close.append(data)
    if not looks or some_fit(close, source):
        return
    kinds = ", ".join(f"{count} of {name}" for name, count in looks.most_common(4))
    most = looks.most_common(1)[0][0]
    raise NothingFits(
        f"not one notebook in {where} is of {source.assignment}: {kinds}",
        " ".join(["Is it the right folder, and the right module? Nothing was graded.", *inbox.ignored]),
        looks="" if most == _SOMETHING else most,
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


def _about_deadlines(deadlines: Deadlines, students: set[str]) -> list[str]:
    notes = []
    if strangers := deadlines.strangers(students):
        notes.append(f"deadlines.csv names who is not here: {_some(strangers)}.")
    if without := deadlines.without_section(students):
        notes.append(
            f"deadlines.csv names sections; {len(without)} in none have the deadline for all: {_some(without)}. "
            "The class's table says in Section who is where."
        )
    return notes


def _about_times(run: ClassRun) -> list[str]:
    if names := run.without_zone:
        return [f"Times that name no zone were read as UTC: {_some(names)}."]
    return []


def _not_managed(run: ClassRun) -> list[str]:
    """What the machinery owes, a line each."""
    lines = []
    if names := [result.student for result in run.results if result.failed]:
        lines.append(
            f"{len(names)} could not be run, through no fault of theirs ({_some(names)}); "
            "the same command tries them again."
        )
    if names := run.without_penalty:
        lines.append(f"Late work without its penalty, since the plugin failed: {_some(names)}.")
    return lines


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


def feedback(course_dir: Path, assignment: str) -> list[Path]:
    """Write the feedback pages of an assignment again, with what people have entered in the gradebook since.

    Returns
    -------
    list of Path
        The pages.
    """
    ground = Assignment.open(Path(course_dir), assignment)
    written = []
    with Recorder(ground.directory, ground.source, ground.config, Deadlines.of(ground)) as recorder:
        standing = recorder.renewed_class()
        for result in (one for one in stored_results(ground) if one.student in standing):
            path, recorded = recorder.feedback_path(result.student), standing[result.student]
            result.seconds_late = recorded.seconds_late
            write_whole({path: pages.page(result, recorded, ground.title(result.student))})
            written.append(path)
    return written
