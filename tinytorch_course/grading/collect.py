"""Finds the submissions of a class and reads them without following anything that leads elsewhere."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import io
import os
import re
import shutil
import stat
import time
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from ..errors import CourseError

LARGEST = 64 << 20  # bytes of a notebook
_LARGEST_FILE = 1 << 20  # bytes of another file that is taken along
_MOST_FILES = 20
_LONGEST_ID = 120
_DEEPEST = 4  # folders below a student's in which a notebook is looked for

# What Canvas calls a file: sortable name, LATE if it is, user id, attachment id, the file's own name.
_CANVAS = re.compile(r"(?P<name>\w+?)(?P<late>_LATE)?_(?P<user>[1-9]\d+)_(?P<file>[1-9]\d+)_(?P<own>.+)")
_CANVAS_ANONYMOUS = re.compile(r"(?P<late>LATE_)?(?P<name>anon)_(?P<user>\w+?)_(?P<file>[1-9]\d+)_(?P<own>.+)")
# What Moodle calls a folder, or a file when "Download submissions in folders" is off.
_MOODLE = re.compile(r"(?P<name>.+)_(?P<user>\d+)_assignsubmission_(?P<kind>[a-z]+)(?:_(?P<own>.*))?")
# What Blackboard calls a file.
_BLACKBOARD = re.compile(r".+_(?P<name>[^_]+)_attempt_(?P<time>\d{4}(?:-\d\d){5})(?:_(?P<own>.+))?")
_COPY = re.compile(r"(?P<name>.+?)(?: ?\(\d+\)|-\d{1,2}|-Copy\d+)")  # what browsers, Canvas and JupyterLab add
_DOWNLOADED_AGAIN = re.compile(r"(?P<name>.+?) ?\(\d+\)")


class _Unreadable(Exception):
    pass


@dataclass
class Submission:
    """What one student handed in."""

    student: str
    path: Path | None  # the notebook, or the archive that holds it
    problem: str | None = None
    repairs: list[str] = field(default_factory=list)
    timestamp: str | None = None
    extras: dict[str, Path] = field(default_factory=dict)
    notebook: str = ""  # its right name, for an archive that holds several
    name: str = ""  # of the file or folder as it was found
    late: bool = False  # the platform says so in the name
    lms_id: str = ""  # the platform's number of the student, if the name holds it
    moodle_folder: str = ""  # the folder in which Moodle handed it out, or would have
    own_name: str = ""  # the student's name for the file, if the platform has put its own before it
    order: tuple[str, float] | None = None  # what says which of several is the latest, and when this one was
    places: list[Path] = field(default_factory=list)  # everything that belongs to it

    def read(self) -> bytes | None:
        """The notebook's bytes. Sets `problem` when they cannot be had."""
        if self.path is None or self.problem:
            return None
        try:
            data = read_safely(self.path, LARGEST)
            return _from_archive(data, self) if self.path.suffix.lower() == ".zip" else data
        except _Unreadable as error:
            self.problem = str(error)
        except OSError as error:
            self.problem = f"the file cannot be read: {error.strerror}"
        return None

    def choose(self, name: str, names: Sequence[str]) -> None:
        """Note which of several notebooks is graded."""
        others = ", ".join(repr(each[:80]) for each in names[:4] if each != name)
        text = f"there are {len(names)} notebooks; {PurePosixPath(name).name} is graded, not {others}"
        if text not in self.repairs:
            self.repairs.append(text)

    def files(self) -> dict[str, str]:
        """The small files beside the notebook, as text of single bytes."""
        found = {}
        for name, path in list(self.extras.items())[:_MOST_FILES]:
            try:
                found[name] = read_safely(path, _LARGEST_FILE).decode("latin-1")
            except (OSError, _Unreadable):
                continue
        return found


def read_safely(path: Path, largest: int) -> bytes:
    """A regular file's content; no links, no devices, nothing without an end."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise _Unreadable(f"{path.name} is a symbolic link") from None
        raise
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise _Unreadable(f"{path.name} is not a regular file")
        if status.st_size > largest:
            raise _Unreadable(f"{path.name} has {status.st_size >> 20} MB; at most {largest >> 20} MB are read")
        return file.read(largest + 1)


def _from_archive(data: bytes, submission: Submission) -> bytes:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError):
        raise _Unreadable("the zip file is damaged") from None
    for member in members:
        name = PurePosixPath(member.filename.replace("\\", "/"))
        if name.is_absolute() or ".." in name.parts:
            raise _Unreadable(f"the zip file holds a path that leads outside: {member.filename!r}")
    notebooks = [
        m for m in members if m.filename.endswith(".ipynb") and not _is_clutter(PurePosixPath(m.filename).parts)
    ]
    if len(notebooks) > 1:
        named = [m for m in notebooks if PurePosixPath(m.filename).name == f"{submission.notebook}.ipynb"]
        if len(named) == 1:
            submission.choose(named[0].filename, [m.filename for m in notebooks])
            notebooks = named
    if len(notebooks) != 1:
        raise _Unreadable(f"the zip file holds {len(notebooks)} notebooks, not one")
    if notebooks[0].file_size > LARGEST:
        raise _Unreadable("the notebook in the zip file is too large")
    try:
        with archive.open(notebooks[0]) as file:
            content = file.read(LARGEST + 1)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError):
        raise _Unreadable("the zip file is damaged or locked with a password") from None
    if len(content) > LARGEST:
        raise _Unreadable("the notebook in the zip file is too large")
    return content


def _is_clutter(parts: Sequence[str]) -> bool:
    return any(part.startswith(".") or part == "__MACOSX" for part in parts)


@dataclass
class Inbox:
    """What a folder of submissions holds."""

    submissions: list[Submission] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)  # remarks on files that are no submissions
    others: Counter[str] = field(default_factory=Counter)  # folders of students that hold other assignments only


def student_id(name: str) -> str:
    """A student id that a database, a file name and a web page can hold."""
    text = name.encode("utf-8", "backslashreplace").decode("utf-8")
    text = unicodedata.normalize("NFC", text)
    text = "".join(letter if letter.isprintable() else "�" for letter in text).strip()
    return text if len(text) <= _LONGEST_ID else text[: _LONGEST_ID - 1] + "…"


def _named(submission: Submission, stem: str, *, folder: bool = False) -> Submission:
    """Take from a name what a learning management system has put into it."""
    submission.student = student_id(stem)
    if found := _MOODLE.fullmatch(stem):
        submission.student = student_id(f"{found['name']}_{found['user']}")
        submission.lms_id = found["user"]
        submission.moodle_folder = f"{found['name']}_{found['user']}_assignsubmission_{found['kind']}_"
        submission.own_name = "" if folder else found["own"] or ""
    elif folder:  # the other platforms hand out files
        return submission
    elif found := _CANVAS_ANONYMOUS.fullmatch(stem) or _CANVAS.fullmatch(stem):
        submission.student = student_id(f"{found['name']}_{found['user']}")
        submission.lms_id, submission.own_name = found["user"], found["own"]
        submission.late = bool(found["late"])
        submission.order = ("Canvas' number", float(found["file"]))
    elif found := _BLACKBOARD.fullmatch(stem):
        submission.student, submission.own_name = student_id(found["name"]), found["own"] or ""
        with contextlib.suppress(ValueError):
            when = time.mktime(time.strptime(found["time"], "%Y-%m-%d-%H-%M-%S"))
            submission.order = ("the time in the name", when)
    return submission


def _entries(folder: Path) -> Iterator[Path]:
    for name in sorted(os.listdir(folder)):
        if not name.startswith(".") and name != "__MACOSX":
            yield folder / name


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
    for entry in _entries(submitted):
        if entry.is_file() and not entry.is_symlink() and entry.suffix.lower() not in (".ipynb", ".zip"):
            loose.append(entry)
            continue
        try:
            submission = _submission(entry, assignment, notebook)
        except OSError as error:
            submission = Submission(student_id(entry.name), None, f"it cannot be read: {error.strerror}")
        if submission is None:
            if entry.is_dir():
                inbox.others.update(path.name for path in _entries(entry) if path.is_dir())
            continue
        submission.name, submission.places = entry.name, submission.places or [entry]
        if unpacked and submission.order is None and submission.path is not None:
            submission.order = ("the zip file's time", submission.path.stat(follow_symlinks=False).st_mtime)
        found.append(submission)
    inbox.ignored = _remarks(loose, [name for name in os.listdir(submitted) if name.startswith(".")])
    names = {submission.student for submission in found}
    groups: dict[str, list[Submission]] = {}
    for submission in found:
        again = _DOWNLOADED_AGAIN.fullmatch(submission.student)
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
    files = [s for s in files if not s.own_name or _plain(s.own_name) == notebook] or files
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


def _plain(stem: str) -> str:
    """A file's name without the number that was added because there was one of that name already."""
    found = _COPY.fullmatch(stem)
    return found["name"] if found else stem


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
    percent = [path for path in scripts if _is_percent(path)]
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


def _is_percent(path: Path) -> bool:
    """Whether a Python file has Jupytext's cells."""
    try:
        return re.search(rb"^# %%", read_safely(path, LARGEST), re.MULTILINE) is not None
    except (OSError, _Unreadable):
        return False


def unpack(archive: Path, to: Path) -> Path:
    """A zip file with the whole class, as a learning management system hands it out, in the folder `to`.

    Only regular files of a bearable size are taken. A path that leads outside refuses the archive as a whole.
    """
    try:
        with zipfile.ZipFile(archive) as file:
            members = [member for member in file.infolist() if not member.is_dir()]
            for member in members:
                name = PurePosixPath(member.filename.replace("\\", "/"))
                if name.is_absolute() or ".." in name.parts:
                    raise CourseError(f"holds a path that leads outside: {member.filename!r}", file=archive)
            for member in members:
                name = PurePosixPath(member.filename.replace("\\", "/"))
                if _is_clutter(name.parts) or member.file_size > LARGEST or stat.S_ISLNK(member.external_attr >> 16):
                    continue
                target = to.joinpath(*name.parts)
                target.parent.mkdir(parents=True, exist_ok=True)
                with file.open(member) as origin, open(target, "wb") as copy:
                    shutil.copyfileobj(origin, copy, 1 << 20)
                with contextlib.suppress(ValueError, OverflowError):
                    when = time.mktime((*member.date_time, 0, 0, -1))
                    os.utime(target, (when, when))
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError) as error:
        raise CourseError(f"is not a zip file that can be read: {error}", file=archive) from error
    except FileNotFoundError:
        raise CourseError("the file is missing", file=archive) from None
    inside = [path for path in _entries(to)]
    return inside[0] if len(inside) == 1 and inside[0].is_dir() and inside[0].name == archive.stem else to


def _submission(entry: Path, assignment: str, notebook: str) -> Submission | None:
    if entry.is_symlink():
        return Submission(student_id(entry.name), None, "the submission is a symbolic link")
    if entry.is_file():
        if entry.suffix.lower() not in (".ipynb", ".zip"):
            return None
        return _named(Submission("", entry, notebook=notebook), entry.stem)
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
        from_platform = _MOODLE.fullmatch(entry.name) is not None
        if not any(path.suffix.lower() in (".ipynb", ".zip") for path in _entries(entry)):
            deeper = _deeper(entry, assignment, notebook)
            if len(deeper) == 1:
                folder = deeper[0].parent
                where = f"the notebook lay in {folder.relative_to(entry)}"
            elif any(path.is_dir() for path in _entries(entry)) and not from_platform:
                return None  # other assignments
    submission = _in_folder(student, folder, notebook)
    _named(submission, entry.name, folder=True)
    submission.places = places
    if where:
        submission.repairs.append(where)
    return submission


def _deeper(folder: Path, assignment: str, notebook: str) -> list[Path]:
    """Notebooks of the right name, or in a folder of the right name, below a student's folder."""
    found = []
    for place, folders, files in os.walk(folder):
        depth = len(Path(place).relative_to(folder).parts)
        folders[:] = sorted(name for name in folders if not _is_clutter([name]) and depth < _DEEPEST)
        for name in files:
            path = Path(place, name)
            right = _plain(path.stem) == notebook or path.parent.name == assignment
            if path.suffix.lower() == ".ipynb" and right and not path.is_symlink():
                found.append(path)
    return found


def _in_folder(student: str, folder: Path, notebook: str) -> Submission:
    submission = Submission(student, None, notebook=notebook)
    expected = folder / f"{notebook}.ipynb"
    others = [path for path in _entries(folder) if path.suffix.lower() == ".ipynb" and not path.is_dir()]
    archives = [path for path in _entries(folder) if path.suffix.lower() == ".zip"]
    alike = [path for path in others if _plain(path.stem) == notebook]
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
    with contextlib.suppress(OSError, _Unreadable, UnicodeDecodeError):
        submission.timestamp = read_safely(folder / "timestamp.txt", 200).decode("utf-8").strip() or None
    if submission.timestamp is not None:
        submission.order = _time_of(submission.timestamp)
    files = [path for path in _entries(folder) if not path.is_symlink() and path.is_file()]
    files = [path for path in files if path.suffix.lower() not in (".ipynb", ".zip") and path.name != "timestamp.txt"]
    submission.extras = {path.name: path for path in files}
    files = [path for path in files if path.name != "submission_secret.txt"]
    if submission.path is None and submission.problem is None and files:
        submission.problem = f"there is no notebook in the submission, only {student_id(files[0].name)[:80]}"
        if any(path.suffix.lower() == ".py" and _is_percent(path) for path in files):
            submission.problem += " (`jupytext --to notebook` makes a notebook of a script with cells)"
    return submission


def _time_of(timestamp: str) -> tuple[str, float] | None:
    from nbgrader.utils import parse_utc

    try:
        return "timestamp.txt", parse_utc(timestamp).timestamp()
    except (ValueError, OverflowError):
        return None
