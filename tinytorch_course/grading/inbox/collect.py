"""Finds the submissions of a class and reads them without following anything that leads elsewhere."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from ...base.errors import CourseError
from ...base.times import NoTime, read_time
from .names import DOWNLOADED_AGAIN, MOODLE, id_in_name, plain_name, student_id
from .safe_reading import Unreadable, archive_entries, is_clutter, is_percent, read_safely
from .submission import Inbox, Submission

_DEEPEST = 4  # folders below a student's in which a notebook is looked for


def collect(
    submitted: Path,
    assignment: str,
    notebook: str,
    students: Sequence[str] | None = None,
    *,
    rename: Callable[[Submission], str] | None = None,
    unpacked: bool = False,
) -> Inbox:
    """All submissions under `submitted`, one a student.

    Understands nbgrader's layout (``<student>/<assignment>/<notebook>.ipynb``), a folder for each student, files
    called ``<student>.ipynb`` or ``<student>.zip``, and the names that Canvas, Moodle and Blackboard give. Of several
    submissions of a student the latest counts, where names, nbgrader's ``timestamp.txt`` or the zip file say which that is.

    Parameters
    ----------
    students : sequence of str, optional
        Only these.
    rename : callable, optional
        Gives a submission's student id.
    unpacked : bool
        `submitted` comes from a zip file, so the files' times are those of the submissions.
    """
    if not submitted.is_dir():
        raise CourseError(
            f"there is no folder {submitted}", "Put the submissions there, or name their folder with --submitted."
        )
    inbox = Inbox()
    found: list[Submission] = []
    loose: list[Path] = []
    for entry in archive_entries(submitted):
        if entry.is_file() and not entry.is_symlink() and entry.suffix.lower() not in (".ipynb", ".zip"):
            loose.append(entry)
            continue
        try:
            submission = _submission(entry, assignment, notebook)
        except OSError as error:
            submission = Submission(student_id(entry.name), None, f"it cannot be read: {error.strerror}")
        if submission is None:
            if entry.is_dir():
                inbox.others.update(path.name for path in archive_entries(entry) if path.is_dir())
            continue
        submission.name, submission.places = entry.name, submission.places or [entry]
        if unpacked and submission.order is None and submission.path is not None:
            submission.order = ("the zip file's time", submission.path.stat(follow_symlinks=False).st_mtime)
        found.append(submission)
    inbox.ignored = _remarks(loose, [name for name in os.listdir(submitted) if name.startswith(".")])
    names = {submission.student for submission in found}
    groups: dict[str, list[Submission]] = {}
    for submission in found:
        again = DOWNLOADED_AGAIN.fullmatch(submission.student)
        if again and again["name"] in names:
            submission.student = again["name"]
        if rename is not None:
            submission.student = student_id(rename(submission)) or submission.student
        groups.setdefault(submission.student, []).append(submission)
    for student, group in groups.items():
        if students is None or student in students:
            inbox.submissions.append(_latest(group, notebook))
    return inbox


def _latest(group: list[Submission], notebook: str) -> Submission:
    """The one that counts of a student's submissions; a person has to say where nothing else does."""
    if len(group) == 1:
        return group[0]
    places = [place for submission in group for place in submission.places]
    # Moodle has a folder of its own for the text that a student typed beside the file.
    group = [s for s in group if s.path or not s.moodle_folder.endswith("_onlinetext_")] or group
    if len(group) == 1:
        group[0].places = places
        return group[0]
    files = [submission for submission in group if submission.path is not None] or group[:1]
    files = [s for s in files if not s.own_name or plain_name(s.own_name) == notebook] or files
    orders = [submission.order for submission in files]
    kinds = {order[0] if order else None for order in orders}
    times = [order[1] for order in orders if order]
    chosen = files[0]
    if len(files) == 1:
        why = ""
    elif _same_content(files):
        why = ", all the same"
    elif len(kinds) == 1 and None not in kinds and times.count(max(times)) == 1:
        chosen = files[times.index(max(times))]
        why = f", the latest by {orders[0][0] if orders[0] else ''}"
    else:
        listed = ", ".join(repr(submission.name[:80]) for submission in files[:4])
        chosen = replace(chosen, path=None, repairs=[], timestamp=None, extras={})
        chosen.problem = f"handed in {len(files)} times ({listed}), and nothing says which is the latest: keep one"
        chosen.places = places
        return chosen
    others = ", ".join(repr(submission.name[:80]) for submission in group if submission is not chosen)
    chosen.repairs.append(f"handed in {len(group)} times; {chosen.name[:80]!r} is graded{why}, not {others}")
    chosen.places = places
    return chosen


def _same_content(submissions: Sequence[Submission]) -> bool:
    first = None
    for submission in submissions:
        data = submission.read()
        if data is None:
            return False
        digest = hashlib.sha256(data).digest()
        if first is not None and digest != first:
            return False
        first = digest
    return True


def _remarks(loose: Sequence[Path], hidden: Sequence[str]) -> list[str]:
    """One line for each kind of file in the inbox that is no submission."""
    lines = []
    scripts = [path for path in loose if path.suffix.lower() == ".py"]
    percent = [path for path in scripts if is_percent(path)]
    plain = [path for path in scripts if path not in percent]
    others = [path for path in loose if path not in scripts]
    if percent:
        example = percent[0].name
        lines.append(
            f"{_files(percent, 'Python script')} with notebook cells not graded: `jupytext --to notebook {example}` "
            "makes a notebook of it; then call this again."
        )
    if plain:
        lines.append(f"{_files(plain, 'Python script')} not graded: ask for the notebook.")
    if others:
        lines.append(f"{_files(others, 'other file')} ignored.")
    names = [name for name in sorted(hidden) if name not in (".DS_Store", ".ipynb_checkpoints", ".gitkeep")]
    if names:
        lines.append(f"{_files([Path(name) for name in names], 'hidden file')} ignored.")
    return lines


def _files(paths: Sequence[Path], noun: str) -> str:
    shown = ", ".join(student_id(path.name)[:60] for path in paths[:4]) + (", …" if len(paths) > 4 else "")
    return f"{len(paths)} {noun}{'s' if len(paths) > 1 else ''} ({shown}) {'were' if len(paths) > 1 else 'was'}"


def _submission(entry: Path, assignment: str, notebook: str) -> Submission | None:
    if entry.is_symlink():
        return Submission(student_id(entry.name), None, "the submission is a symbolic link")
    if entry.is_file():
        if entry.suffix.lower() not in (".ipynb", ".zip"):
            return None
        return id_in_name(Submission("", entry, notebook=notebook), entry.stem)
    if not entry.is_dir():
        return None
    student = student_id(entry.name)
    folder = entry / assignment
    if folder.is_symlink():
        return Submission(student, None, "the submission's folder is a symbolic link", places=[folder])
    places = [folder] if folder.is_dir() else [entry]
    where = ""
    if not folder.is_dir():
        folder = entry
        from_platform = MOODLE.fullmatch(entry.name) is not None
        if not any(path.suffix.lower() in (".ipynb", ".zip") for path in archive_entries(entry)):
            deeper = _deeper(entry, assignment, notebook)
            if len(deeper) == 1:
                folder = deeper[0].parent
                where = f"the notebook lay in {folder.relative_to(entry)}"
            elif any(path.is_dir() for path in archive_entries(entry)) and not from_platform:
                return None  # other assignments
    submission = _in_folder(student, folder, notebook)
    id_in_name(submission, entry.name, folder=True)
    submission.places = places
    if where:
        submission.repairs.append(where)
    return submission


def _deeper(folder: Path, assignment: str, notebook: str) -> list[Path]:
    """Notebooks of the right name, or in a folder of the right name, below a student's folder."""
    found = []
    for place, folders, files in os.walk(folder):
        depth = len(Path(place).relative_to(folder).parts)
        folders[:] = sorted(name for name in folders if not is_clutter([name]) and depth < _DEEPEST)
        for name in files:
            path = Path(place, name)
            right = plain_name(path.stem) == notebook or path.parent.name == assignment
            if path.suffix.lower() == ".ipynb" and right and not path.is_symlink():
                found.append(path)
    return found


def _in_folder(student: str, folder: Path, notebook: str) -> Submission:
    submission = Submission(student, None, notebook=notebook)
    expected = folder / f"{notebook}.ipynb"
    others = [path for path in archive_entries(folder) if path.suffix.lower() == ".ipynb" and not path.is_dir()]
    archives = [path for path in archive_entries(folder) if path.suffix.lower() == ".zip"]
    alike = [path for path in others if plain_name(path.stem) == notebook]
    if os.path.lexists(expected):
        submission.path = expected
        if len(others) > 1:
            submission.choose(expected.name, [path.name for path in others])
    elif len(others) == 1:
        submission.path = others[0]
        submission.repairs.append(f"the notebook was called {others[0].name!r}")
    elif len(alike) == 1:
        submission.path = alike[0]
        submission.choose(alike[0].name, [path.name for path in others])
    elif others:
        submission.problem = f"there are {len(others)} notebooks, and none is called {expected.name}"
    elif len(archives) == 1:
        submission.path = archives[0]
    with contextlib.suppress(OSError, Unreadable, UnicodeDecodeError):
        submission.timestamp = read_safely(folder / "timestamp.txt", 200).decode("utf-8").strip() or None
    if submission.timestamp is not None:
        submission.order = _time_of(submission.timestamp)
    files = [path for path in archive_entries(folder) if not path.is_symlink() and path.is_file()]
    files = [path for path in files if path.suffix.lower() not in (".ipynb", ".zip") and path.name != "timestamp.txt"]
    submission.extras = {path.name: path for path in files}
    files = [path for path in files if path.name != "submission_secret.txt"]
    if submission.path is None and submission.problem is None and files:
        submission.problem = f"there is no notebook in the submission, only {student_id(files[0].name)[:80]}"
        if any(path.suffix.lower() == ".py" and is_percent(path) for path in files):
            submission.problem += " (`jupytext --to notebook` makes a notebook of a script with cells)"
    return submission


def _time_of(timestamp: str) -> tuple[str, float] | None:
    with contextlib.suppress(NoTime):
        return "timestamp.txt", read_time(timestamp).utc.timestamp()
    return None
