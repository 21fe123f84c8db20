"""Finds the submissions of a class and reads them without following anything that leads elsewhere."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import shutil
import stat
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from ..errors import CourseError

LARGEST = 64 << 20  # bytes of a notebook
_LARGEST_FILE = 1 << 20  # bytes of another file that is taken along
_MOST_FILES = 20
_LONGEST_ID = 120


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


def student_id(name: str) -> str:
    """A student id that a database, a file name and a web page can hold."""
    text = name.encode("utf-8", "backslashreplace").decode("utf-8")
    text = "".join(letter if letter.isprintable() else "�" for letter in text).strip()
    return text if len(text) <= _LONGEST_ID else text[: _LONGEST_ID - 1] + "…"


def _entries(folder: Path) -> Iterator[Path]:
    for name in sorted(os.listdir(folder)):
        if not name.startswith(".") and name != "__MACOSX":
            yield folder / name


def collect(submitted: Path, assignment: str, notebook: str, students: Sequence[str] | None = None) -> list[Submission]:
    """All submissions under `submitted`.

    Understands nbgrader's layout (``<student>/<assignment>/<notebook>.ipynb``), a folder for each student, and files
    called ``<student>.ipynb`` or ``<student>.zip``.
    """
    if not submitted.is_dir():
        raise CourseError(
            f"there is no folder {submitted}", "Put the submissions there, or name their folder with --submitted."
        )
    found: dict[str, Submission] = {}
    for entry in _entries(submitted):
        submission = _submission(entry, assignment, notebook)
        if submission is None or (students is not None and submission.student not in students):
            continue
        if submission.student in found:
            submission.problem = f"there is another submission for {submission.student!r}"
            submission.student = student_id(f"{submission.student} ({entry.name})")
        found[submission.student] = submission
    return list(found.values())


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
        return Submission(student_id(entry.stem), entry, notebook=notebook)
    if not entry.is_dir():
        return None
    student = student_id(entry.name)
    folder = entry / assignment
    if folder.is_symlink():
        return Submission(student, None, "the submission's folder is a symbolic link")
    if not folder.is_dir():
        if not any(path.suffix.lower() in (".ipynb", ".zip") for path in _entries(entry)):
            # Other assignments, or nothing at all: an empty folder is a submission without a notebook.
            return Submission(student, None) if not any(path.is_dir() for path in _entries(entry)) else None
        folder = entry
    return _in_folder(student, folder, notebook)


def _in_folder(student: str, folder: Path, notebook: str) -> Submission:
    submission = Submission(student, None, notebook=notebook)
    expected = folder / f"{notebook}.ipynb"
    others = [path for path in _entries(folder) if path.suffix.lower() == ".ipynb" and not path.is_dir()]
    archives = [path for path in _entries(folder) if path.suffix.lower() == ".zip"]
    if os.path.lexists(expected):
        submission.path = expected
        if len(others) > 1:
            submission.choose(expected.name, [path.name for path in others])
    elif len(others) == 1:
        submission.path = others[0]
        submission.repairs.append(f"the notebook was called {others[0].name!r}")
    elif others:
        submission.problem = f"there are {len(others)} notebooks, and none is called {expected.name}"
    elif len(archives) == 1:
        submission.path = archives[0]
    with contextlib.suppress(OSError, _Unreadable, UnicodeDecodeError):
        submission.timestamp = read_safely(folder / "timestamp.txt", 200).decode("utf-8").strip() or None
    submission.extras = {
        path.name: path
        for path in _entries(folder)
        if path.suffix.lower() not in (".ipynb", ".zip")
        and path.name != "timestamp.txt"
        and not path.is_symlink()
        and path.is_file()
    }
    return submission
